import type { Exposition, Sample } from '../../exposition/exposition.ts';
import { parseSampleValue } from '../../exposition/line.ts';
import type { CounterReading, Growth } from '../counters/counter-window.ts';
import { wordsOf } from '../counters/pod-counters.ts';
import { findSeries, isInScope, modelOf, oddValue, seriesUnder } from '../pod-series.ts';
import type { ModelScope } from '../pod-series.ts';
import type { QuantileMetric, TimingName } from '../presets/preset.ts';
import { inSeconds, readBuckets } from './bucket-reading.ts';
import type { Histogram } from './histogram.ts';

/** How long the requests of one model took. */
export interface ModelTimings {
  readonly model: string;
  /** Under which bounds requests were counted; histograms of the same bounds add up. */
  readonly shape: string;
  readonly histogram?: Histogram;
  /** Of a summary: seconds by share, NaN where no request was timed of late. */
  readonly quantiles?: ReadonlyMap<number, number>;
}

/** What one pod says of how long requests took, by model; nothing where none was timed yet. */
export type PodTimings =
  | { readonly state: 'known'; readonly models: readonly ModelTimings[] }
  | { readonly state: 'unknown'; readonly reason: string };

export interface TimingScope extends ModelScope {
  /** How much the buckets of the pod's histogram grew of late. */
  readonly growthOf: (what: string, reading: CounterReading) => Growth;
}

/** Reads how long a pod's requests took. What is missing or odd makes it unknown, never 0. */
export function readPodTimings(exposition: Exposition, names: QuantileMetric['from'], scope: TimingScope): PodTimings {
  const candidates = names.map((timing) => ({ ...timing, timing, name: seriesName(timing) }));
  const found = findSeries(exposition, candidates, scope);
  if (found.state === 'unknown') {
    return isUnused(exposition, names, candidates) ? { state: 'known', models: [] } : found;
  }
  const { timing } = found.under;
  const byModel = [...Map.groupBy(found.series, (sample) => modelOf(sample, timing, scope))];
  const read = byModel.map(
    ([model, series]) =>
    timing.kind === 'summary' ? readSummary(timing, { model, series }) : readHistogram(exposition, timing, { model, series }, scope), // prettier-ignore
  );
  const models = read.filter((one) => 'model' in one);
  const reasons = read.flatMap((one) => ('reason' in one ? [one.reason] : []));
  const [reason] = reasons;
  return models.length > 0 || reason === undefined ? { state: 'known', models } : { state: 'unknown', reason };
}

function seriesName({ name, kind }: TimingName): string {
  return kind === 'summary' ? name : `${name}_bucket`;
}

/** A metric that is announced and has no series at all: nothing was timed since the server started. */
function isUnused(exposition: Exposition, names: readonly TimingName[], candidates: readonly TimingName[]): boolean {
  if (exposition.flaw !== undefined || candidates.some(({ name }) => exposition.unreadable.has(name))) return false;
  const isShown = candidates.some((candidate) => seriesUnder(exposition, candidate).length > 0);
  return !isShown && names.some(({ name }) => exposition.declared.has(name));
}

/** The series of one model. */
interface OfModel {
  readonly model: string;
  readonly series: readonly Sample[];
}

type Read = ModelTimings | { readonly reason: string };

function readHistogram(
  exposition: Exposition,
  timing: TimingName,
  { model, series }: OfModel,
  scope: TimingScope,
): Read {
  // prettier-ignore
  const counts = seriesUnder(exposition, { ...timing, name: `${timing.name}_count` }).filter(
    (sample) => isInScope(sample, timing, scope) && modelOf(sample, timing, scope) === model,
  );
  const odd = oddValue([...series, ...counts]);
  if (odd !== undefined) return { reason: `${timing.name} is ${odd}` };
  const reading = readBuckets(timing, series, counts);
  if ('reason' in reading) return reading;
  const growth = scope.growthOf(`${timing.name} ${model}`, reading);
  if (growth.state === 'unknown') return { reason: wordsOf(growth.because, 'a latency') };
  return { model, shape: reading.shape, histogram: { bounds: reading.bounds, counts: growth.byGroup } };
}

/** The slowest of a model's series counts, for quantiles do not add up. */
function readSummary({ name, unit }: TimingName, { model, series }: OfModel): Read {
  const quantiles = new Map<number, number>();
  for (const { labels, value } of series) {
    const share = parseSampleValue(labels.get('quantile') ?? '');
    if (share === undefined) continue;
    if (value < 0 || Math.abs(value) === Infinity) return { reason: `${name} is ${value}` };
    const before = quantiles.get(share) ?? NaN;
    quantiles.set(share, before > inSeconds(value, unit) || Number.isNaN(value) ? before : inSeconds(value, unit));
  }
  return { model, shape: 'summary', quantiles };
}
