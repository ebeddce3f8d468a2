import type { EngineName } from '../../domain/policy.ts';
import type { SignalName } from '../../domain/signal.ts';
import type { Exposition, Sample } from '../http/exposition.ts';
import { cut } from '../reasons.ts';

/** Where one signal stands in an engine's metrics. */
interface EngineMetric {
  /**
   * What the metric is called, the current name first, then those of older versions. Only the first that a pod shows is
   * read, so a version that shows both is not counted twice.
   */
  readonly names: readonly [string, ...string[]];
  /** What makes one number for a pod of several series (several engines in one pod): their sum, or their mean. */
  readonly join: 'sum' | 'mean';
}

/** What an inference server calls its metrics. All of them are gauges, in the signal's unit. */
export interface EnginePreset {
  readonly name: EngineName;
  /** The label that tells the model, where one server serves several. */
  readonly modelLabel: string;
  readonly metrics: Readonly<Partial<Record<SignalName, EngineMetric>>>;
}

/** One pod's number for one signal, or why there is none. */
export type PodValue =
  { readonly state: 'known'; readonly value: number } | { readonly state: 'unknown'; readonly reason: string };

/** All metric names that are wanted for these signals. */
export function metricNames(preset: EnginePreset, signals: readonly SignalName[]): string[] {
  return signals.flatMap((signal) => preset.metrics[signal]?.names ?? []);
}

/** Reads one signal out of what a pod shows. Series that are NaN, infinite or negative make it unknown, never 0. */
export function readPodValue(
  exposition: Exposition,
  preset: EnginePreset,
  signal: SignalName,
  modelName: string | undefined,
): PodValue {
  const metric = preset.metrics[signal];
  if (!metric) return unknown(`${preset.name} does not tell ${signal}`);
  const name = metric.names.find((candidate) => exposition.samples.some((sample) => sample.name === candidate));
  const broken = metric.names.find((candidate) => exposition.unreadable.has(candidate));
  if (exposition.truncated) return unknown('its answer ends in the middle of a line');
  if (broken !== undefined) return unknown(`${broken} can't be read`);
  if (name === undefined) return unknown(`no ${metric.names[0]}`);
  const series = exposition.samples.filter((sample) => sample.name === name);
  const ours = series.filter((sample) => modelName === undefined || sample.labels.get(preset.modelLabel) === modelName);
  if (ours.length === 0) return unknown(describeOtherModels(series, preset.modelLabel, modelName));
  const odd = ours.find((sample) => !Number.isFinite(sample.value) || sample.value < 0);
  if (odd) return unknown(`${name} is ${odd.value}`);
  const sum = ours.reduce((total, sample) => total + sample.value, 0);
  return { state: 'known', value: metric.join === 'sum' ? sum : sum / ours.length };
}

function describeOtherModels(series: readonly Sample[], label: string, modelName = ''): string {
  const models = new Set(series.map((sample) => sample.labels.get(label) ?? ''));
  return `serves no model "${cut(modelName)}" but ${[...models].map((model) => `"${cut(model)}"`).join(', ')}`;
}

function unknown(reason: string): PodValue {
  return { state: 'unknown', reason };
}
