import { globSync } from 'node:fs';
import { basename } from 'node:path';
import type { TestProject } from 'vitest/node';

/**
 * Says at the end of a whole run what `npm test` does not run, so that nobody takes its success for all there is. On stderr,
 * where it stays out of what reporters write.
 */
export default function leftOut({ vitest }: TestProject): () => void {
  return () => {
    const all = globSync('test/**/*.test.ts', { exclude: ['test/integration/**', 'test/cluster/**'] });
    if (vitest.state.getFiles().length === all.length) process.stderr.write(describeLeftOut());
  };
}

function describeLeftOut(): string {
  const suites = globSync('test/integration/*.test.ts').map((path) => basename(path, '.test.ts'));
  return (
    `Left out: ${suites.length} suites that need real servers and tools, or start the programs: ${suites.sort().join(', ')}.\n` +
    'Run them with `npm run test:integration`; CONTRIBUTING.md says what they need, and .ci/run installs it.\n' +
    'Those of `npm run test:cluster` need a Kubernetes API server with KEDA.\n\n'
  );
}
