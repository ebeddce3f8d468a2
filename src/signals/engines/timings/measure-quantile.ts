import { cut, listReasons } from '../../reasons.ts';
import type { Measurement } from '../../source.ts';
import type { QuantileMetric } from '../presets/preset.ts';
import { addHistograms, quantileOf } from './histogram.ts';
import type { Quantile } from './histogram.ts';
import type { ModelTimings, PodTimings } from './pod-timings.ts';

/** The quantile of one model's requests under one set of bounds; none where none ended of late. */
interface GroupQuantile {
  readonly model: string;
  readonly quantile: Quantile | undefined;
}

/**
 * One time out of those of all pods, in seconds: requests of the same model that were counted under the same bounds are
 * taken together, whichever pod served them; of what can't be taken together (models, versions with other buckets,
 * summaries) the slowest counts. Where all were heard and no request ended, nothing is missing: `absent`, and complete.
 */
export function measureQuantile(answers: readonly PodTimings[], { share, from }: QuantileMetric): Measurement {
  const pods = answers.map((answer) => withShare(answer, share, from[0].name));
  const heard = pods.filter((pod) => pod.state === 'known');
  const reasons = pods.flatMap((pod) => (pod.state === 'unknown' ? [pod.reason] : []));
  const coverage = { heard: heard.length, expected: pods.length };
  if (pods.length === 0) return { state: 'absent', reason: 'no ready pods', coverage };
  const groups = quantilesOf(heard.flatMap(({ models }) => models), share); // prettier-ignore
  const timed = groups.flatMap(({ model, quantile }) => (quantile ? [{ model, ...quantile }] : []));
  const [first, ...others] = timed;
  if (!first)
    return { state: 'absent', reason: listReasons(reasons) || 'no request ended in the last minute', coverage };
  const slowest = others.reduce((top, one) => (one.seconds > top.seconds ? one : top), first);
  const notes = [slowest.note, describeChoice(timed, slowest.model), describeMissing(coverage, reasons)];
  const note = notes.filter((text) => text !== undefined).join(', ');
  return { state: 'measured', value: slowest.seconds, coverage, ...(note !== '' && { note }) };
}

/** A summary tells only the shares that its server was told to keep. */
function withShare(answer: PodTimings, share: number, name: string): PodTimings {
  const lacks = answer.state === 'known' && answer.models.some(({ quantiles }) => quantiles && !quantiles.has(share));
  return lacks ? { state: 'unknown', reason: `${name} has no quantile ${share}` } : answer;
}

function quantilesOf(timings: readonly ModelTimings[], share: number): GroupQuantile[] {
  const groups = Map.groupBy(timings, ({ model, shape }) => JSON.stringify([model, shape]));
  return [...groups.values()].flatMap((group) => {
    const histograms = group.flatMap(({ histogram }) => histogram ?? []);
    const [first, ...others] = histograms;
    const { model = '' } = group[0] ?? {};
    if (first) return [{ model, quantile: quantileOf(others.reduce(addHistograms, first), share) }];
    return group.map(({ quantiles }) => ({ model, quantile: ofSummary(quantiles?.get(share) ?? NaN) }));
  });
}

function ofSummary(seconds: number): Quantile | undefined {
  return Number.isNaN(seconds) ? undefined : { seconds };
}

function describeChoice(timed: readonly { readonly model: string }[], slowest: string): string | undefined {
  const models = new Set(timed.map(({ model }) => model)).size;
  if (models > 1) return `of "${cut(slowest)}", the slowest of ${models} models`;
  return timed.length > 1 ? `the slowest of ${timed.length} that can't be taken together` : undefined;
}

function describeMissing(
  { heard, expected }: { heard: number; expected: number },
  reasons: readonly string[],
): string | undefined {
  // prettier-ignore
  return reasons.length > 0 ? `heard ${heard} of ${expected} pods: ${listReasons(reasons)}` : undefined;
}
