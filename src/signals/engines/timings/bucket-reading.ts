import type { Sample } from '../../exposition/exposition.ts';
import { parseSampleValue } from '../../exposition/line.ts';
import type { CounterReading } from '../counters/counter-window.ts';
import { seriesKey } from '../counters/series-key.ts';
import type { TimingName } from '../presets/preset.ts';

const perSecond = { s: 1, ms: 1_000, us: 1_000_000 } as const;

/** A time of the server in seconds. */
export function inSeconds(time: number, unit: TimingName['unit']): number {
  return time / perSecond[unit ?? 's'];
}

/** The buckets of a histogram as counters, a group for each bound. */
export interface BucketReading extends CounterReading {
  /** In seconds, ascending; the last is infinite. */
  readonly bounds: readonly number[];
}

/**
 * Sorts the buckets of one model's histogram by their bounds, those of several series together; or says why that can't be.
 * @param counts series of its `_count`, which stand in where the bucket without a bound is missing
 */
export function readBuckets(
  { name, unit }: TimingName,
  buckets: readonly Sample[],
  counts: readonly Sample[],
): BucketReading | { readonly reason: string } {
  const bounded = buckets.map((sample) => ({ sample, bound: parseSampleValue(sample.labels.get('le') ?? '') ?? NaN }));
  const isWhole = bounded.some(({ bound }) => bound === Infinity);
  const all = isWhole ? bounded : [...bounded, ...counts.map((sample) => ({ sample, bound: Infinity }))];
  const bounds = [...new Set(all.map(({ bound }) => bound))].sort((a, b) => a - b);
  if (bounds.some(Number.isNaN)) return { reason: `${name} has a bucket without a bound` };
  if (bounds.at(-1) !== Infinity) return { reason: `${name} has neither a last bucket nor a count` };
  if (bounds.length === 1) return { reason: `${name} has no buckets` };
  const groupOf = new Map(bounds.map((bound, group) => [bound, group]));
  const counters = all.map(
    ({ sample, bound }) => [seriesKey(sample), { group: groupOf.get(bound) ?? 0, value: sample.value }] as const,
  );
  const seconds = bounds.map((bound) => inSeconds(bound, unit));
  return { bounds: seconds, shape: seconds.join(), groups: bounds.length, counters: new Map(counters) };
}
