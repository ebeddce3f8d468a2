const maxListed = 20;

/**
 * Thrown when a trigger's metadata can't be understood. The message is meant for whoever wrote the ScaledObject and lists
 * what is wrong, each with its key; `problems` has all of it where there is more than a message should hold.
 */
export class InvalidMetadataError extends Error {
  override readonly name = 'InvalidMetadataError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(describe(problems));
    this.problems = problems;
  }
}

function describe(problems: readonly string[]): string {
  if (problems.length === 1) return `invalid metadata: ${problems.join('')}`;
  const listed = problems.slice(0, maxListed).map((problem) => `- ${problem}`);
  const more = problems.length > maxListed ? [`- and ${problems.length - maxListed} more`] : [];
  return [`invalid metadata, ${problems.length} problems:`, ...listed, ...more].join('\n');
}
