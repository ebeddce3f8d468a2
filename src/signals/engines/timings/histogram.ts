/** How long requests took: for each bound how many took no longer, so counts never fall. */
export interface Histogram {
  /** In seconds, ascending; the last is infinite. */
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

/** A time in seconds. */
export interface Quantile {
  readonly seconds: number;
  /** Where the buckets are too coarse to know better. */
  readonly note?: string;
}

/**
 * The time that `share` of the requests took no longer than, as `histogram_quantile` of Prometheus estimates it: evenly
 * spread within a bucket. Beyond the last finite bucket nothing is known, so its bound stands in, and the note says so;
 * within the first one the note does so too. Undefined where nothing was counted.
 */
export function quantileOf({ bounds, counts }: Histogram, share: number): Quantile | undefined {
  const rising = neverFalling(counts);
  const rank = share * (rising.at(-1) ?? 0);
  if (rank === 0) return undefined;
  const index = rising.findIndex((count) => count >= rank);
  const [lower = 0, upper = 0] = [bounds[index - 1], bounds[index]];
  if (upper === Infinity) return { seconds: lower, note: `more than ${lower} s, the bound of the last bucket` };
  const below = rising[index - 1] ?? 0;
  const part = (rank - below) / ((rising[index] ?? 0) - below);
  const seconds = Math.max(0, lower + (upper - lower) * part);
  return index === 0 ? { seconds, note: `at most ${upper} s, the bound of the first bucket` } : { seconds };
}

/** Adds up what was counted under the same bounds. */
export function addHistograms(one: Histogram, other: Histogram): Histogram {
  return { bounds: one.bounds, counts: one.counts.map((count, index) => count + (other.counts[index] ?? 0)) };
}

/** Buckets that were read one after the other while requests ended may disagree by one or two. */
function neverFalling(counts: readonly number[]): number[] {
  let highest = 0;
  return counts.map((count) => (highest = Math.max(highest, count)));
}
