import type { EngineName, EngineSignal } from '../../../domain/engine.ts';
import type { SignalName, signals } from '../../../domain/signal.ts';

/** One name under which servers show a metric. */
export interface SeriesName {
  readonly name: string;
  /** The labels of those of its series that count, where not all do. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The label that tells the model, where it is not the engine's usual one. */
  readonly modelLabel?: string;
}

/** A histogram (its name without `_bucket`) or a summary of how long requests took. */
export interface TimingName extends SeriesName {
  readonly kind?: 'summary';
  /** The server's unit where it is not seconds. */
  readonly unit?: 'ms' | 'us';
}

/**
 * The current name first, then those of other versions and backends. Only the first that a pod shows, for the model that
 * is asked for, is read, so a version that shows both is not counted twice.
 */
type Names<N extends SeriesName> = readonly [N, ...N[]];

/** A metric that is one number for each pod. */
export interface NumberMetric {
  readonly from: Names<SeriesName>;
  /**
   * What makes one number for a pod of several series: the sum of gauges, which are in the signal's unit; their maximum;
   * the highest of the models' means, for engines that work side by side on a model; or, for counters, how fast they grow
   * together, per second.
   */
  readonly read: 'sum' | 'mean' | 'max' | 'rate';
  /** Another metric, whose number is added. */
  readonly plus?: NumberMetric;
}

/** The time that a share of the requests took no longer than, in seconds: of all pods together, and of the slowest model. */
export interface QuantileMetric {
  readonly from: Names<TimingName>;
  readonly read: 'quantile';
  readonly share: number;
}

/** Where one signal stands in an engine's metrics. */
export type EngineMetric = NumberMetric | QuantileMetric;

/** What an inference server calls its metrics: one for each signal that src/domain/engine.ts says it tells. */
export type EnginePreset<E extends EngineName> = { readonly [S in EngineSignal<E>]: MetricFor<S> };

type MetricFor<S> = S extends SignalName
  ? (typeof signals)[S]['kind'] extends 'quantile'
    ? QuantileMetric
    : NumberMetric
  : never;

/** The signals of whole requests' latency, out of one histogram or summary. */
export function latencies(
  ...from: Names<TimingName>
): Record<'latencyP50' | 'latencyP95' | 'latencyP99', QuantileMetric> {
  const quantile = (share: number): QuantileMetric => ({ from, read: 'quantile', share });
  return { latencyP50: quantile(0.5), latencyP95: quantile(0.95), latencyP99: quantile(0.99) };
}

/** The signal of the time to the first token. */
export function firstTokens(...from: Names<TimingName>): Record<'ttftP99', QuantileMetric> {
  return { ttftP99: { from, read: 'quantile', share: 0.99 } };
}

/** All metric names that are wanted for a metric. */
export function metricNames(metric: EngineMetric): string[] {
  if (metric.read === 'quantile') return metric.from.flatMap(timingNames);
  return [...metric.from.map(({ name }) => name), ...(metric.plus ? metricNames(metric.plus) : [])];
}

/** A histogram's count stands in for its last bucket; its own name is only announced, where it has no series yet. */
function timingNames({ name, kind }: TimingName): string[] {
  return kind === 'summary' ? [name] : [name, `${name}_bucket`, `${name}_count`];
}
