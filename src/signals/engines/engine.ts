import type { EngineName, EngineSignal } from '../../domain/engine.ts';
import type { Exposition, Sample } from '../exposition/exposition.ts';
import { cut } from '../reasons.ts';

/** One name under which servers show a metric. */
interface SeriesName {
  readonly name: string;
  /** The labels of those of its series that count, where not all do. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The label that tells the model, where it is not the engine's usual one. */
  readonly modelLabel?: string;
}

/** Where one signal stands in an engine's metrics. */
export interface EngineMetric {
  /**
   * The current name first, then those of other versions and backends. Only the first that a pod shows, for the model that
   * is asked for, is read, so a version that shows both is not counted twice.
   */
  readonly from: readonly [SeriesName, ...SeriesName[]];
  /**
   * What makes one number for a pod of several series (several engines or models in one pod): the sum, mean or maximum of
   * gauges, which are in the signal's unit; or, for counters, how fast they grow together, per second.
   */
  readonly read: 'sum' | 'mean' | 'max' | 'rate';
  /** Another metric, whose number is added. */
  readonly plus?: EngineMetric;
}

/** What an inference server calls its metrics: one for each signal that src/domain/engine.ts says it tells. */
export type EnginePreset<E extends EngineName> = Readonly<Record<EngineSignal<E>, EngineMetric>>;

/** One pod's number for one signal, or why there is none. */
export type PodValue =
  { readonly state: 'known'; readonly value: number } | { readonly state: 'unknown'; readonly reason: string };

/** What reading a pod takes besides its text. */
export interface PodScope {
  /** Only this model counts; without it, all do. */
  readonly modelName?: string | undefined;
  readonly modelLabel?: string | undefined;
  /** How fast these counters of the pod grow together. */
  readonly rateOf: (counters: readonly Sample[]) => PodValue;
}

/** All metric names that are wanted for a metric. */
export function metricNames({ from, plus }: EngineMetric): string[] {
  return [...from.map(({ name }) => name), ...(plus ? metricNames(plus) : [])];
}

/** Reads one signal out of what a pod shows. Series that are NaN, infinite or negative make it unknown, never 0. */
export function readPodValue(exposition: Exposition, metric: EngineMetric, scope: PodScope): PodValue {
  if (exposition.flaw !== undefined) return unknown(`its answer ${exposition.flaw}`);
  const found = readSeries(exposition, metric, scope);
  if (found.state === 'unknown') return found;
  const value = metric.read === 'rate' ? scope.rateOf(found.series) : known(join(found.series, metric.read));
  if (!metric.plus || value.state === 'unknown') return value;
  const added = readPodValue(exposition, metric.plus, scope);
  return added.state === 'unknown' ? added : known(value.value + added.value);
}

type Found = { readonly state: 'found'; readonly series: readonly Sample[] } | Extract<PodValue, { state: 'unknown' }>;

/** The series that count, all of them with usable values. */
function readSeries(exposition: Exposition, { from }: EngineMetric, scope: PodScope): Found {
  const broken = from.find(({ name }) => exposition.unreadable.has(name));
  if (broken) return unknown(`${broken.name} can't be read`);
  const shown = from.filter((candidate) => exposition.samples.some((sample) => isOf(sample, candidate)));
  const [first] = shown;
  if (!first) return unknown(`no ${from.map(({ name }) => name).join(' or ')}`);
  const source = shown.find((candidate) => seriesOf(exposition, candidate, scope).length > 0);
  if (!source) return unknown(describeOtherModels(exposition, first, scope));
  const series = seriesOf(exposition, source, scope);
  const odd = series.find((sample) => !Number.isFinite(sample.value) || sample.value < 0);
  return odd ? unknown(`${source.name} is ${odd.value}`) : { state: 'found', series };
}

function seriesOf({ samples }: Exposition, name: SeriesName, scope: PodScope): Sample[] {
  const series = samples.filter((sample) => isOf(sample, name));
  const { modelName } = scope;
  return modelName === undefined ? series : series.filter((sample) => modelOf(sample, name, scope) === modelName);
}

function modelOf({ labels }: Sample, { modelLabel }: SeriesName, scope: PodScope): string {
  return labels.get(modelLabel ?? scope.modelLabel ?? '') ?? '';
}

function isOf(sample: Sample, { name, labels = {} }: SeriesName): boolean {
  return sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels.get(label) === value);
}

function join(series: readonly Sample[], how: 'sum' | 'mean' | 'max'): number {
  if (how === 'max') return series.reduce((highest, { value }) => Math.max(highest, value), 0);
  const sum = series.reduce((total, { value }) => total + value, 0);
  return how === 'sum' ? sum : sum / series.length;
}

function describeOtherModels({ samples }: Exposition, name: SeriesName, scope: PodScope): string {
  const series = samples.filter((sample) => isOf(sample, name));
  const models = new Set(series.map((sample) => modelOf(sample, name, scope)));
  return `serves no model "${cut(scope.modelName ?? '')}" but ${[...models].map((model) => `"${cut(model)}"`).join(', ')}`;
}

function known(value: number): PodValue {
  return { state: 'known', value };
}

function unknown(reason: string): Extract<PodValue, { state: 'unknown' }> {
  return { state: 'unknown', reason };
}
