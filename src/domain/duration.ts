const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const grammar = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;
const part = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/** What a duration looks like, for error texts. */
export const durationExample = 'a duration such as "90s", "10m" or "1h30m"';

/**
 * Reads a duration such as `90s`, `1h30m` or `250ms` as whole milliseconds.
 * Answers undefined for anything else: a bare number has no unit, so it is no duration.
 */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim();
  if (!grammar.test(trimmed)) return undefined;
  let total = 0;
  for (const [, amount, unit] of trimmed.matchAll(part)) total += Number(amount) * unitMs[unit as keyof typeof unitMs];
  return Number.isSafeInteger(Math.round(total)) ? Math.round(total) : undefined;
}

/** Writes milliseconds as a person would say them: `4m10s`, `1h`, `250ms`; the two largest units that count. */
export function formatDuration(durationMs: number): string {
  const wholeMs = Math.round(durationMs);
  if (wholeMs < 0) return `-${formatDuration(-wholeMs)}`;
  if (wholeMs < 1_000) return `${wholeMs}ms`;
  const seconds = Math.round(wholeMs / 1_000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount}${unit}`)
    .join('');
}
