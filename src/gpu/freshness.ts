/** However short the interval, a figure may be this old: a busy node must not make series flicker. */
const leastMs = 5_000;

/** How old a figure that is read every `intervalMs` may be and still describe now: three intervals, 5 s at least. */
export function maximumAgeMs(intervalMs: number): number {
  return Math.max(3 * intervalMs, leastMs);
}
