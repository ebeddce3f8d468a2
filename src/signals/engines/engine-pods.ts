import type { Clock } from '../../domain/clock.ts';
import { engineDefinition } from '../../domain/engine.ts';
import type { EngineName } from '../../domain/engine.ts';
import { signals as definitions } from '../../domain/signal.ts';
import type { SignalName } from '../../domain/signal.ts';
import { readyPods } from '../../domain/workload.ts';
import { ExpositionReader } from '../exposition/exposition-reader.ts';
import { LabelTexts } from '../exposition/label-texts.ts';
import { WantedNames } from '../exposition/wanted-names.ts';
import type { Scraper } from '../scrape/scraper.ts';
import type { Measurement, SignalSource } from '../source.ts';
import { PodCounters } from './counters/pod-counters.ts';
import { measureSum } from './measure-sum.ts';
import { askPods } from './pod-answers.ts';
import type { Heard, PodAnswer } from './pod-answers.ts';
import { readPodValue } from './pod-value.ts';
import type { PodValue } from './pod-value.ts';
import { metricNames } from './presets/preset.ts';
import type { EngineMetric } from './presets/preset.ts';
import { presetOf } from './presets/presets.ts';
import { measureQuantile } from './timings/measure-quantile.ts';
import { TimingsOfRead } from './timings/timings-of-read.ts';

export interface EnginePodsOrigin {
  readonly engine: EngineName;
  readonly port: number;
  readonly path: string;
  readonly modelName?: string;
}

interface EnginePodsTools {
  readonly scraper: Scraper;
  readonly clock: Clock;
}

/**
 * Reads the metrics of a workload's own ready pods: one GET for each pod, however many signals. A value is the sum over
 * the pods that were heard, a latency that of all their requests; the others lower its coverage. Without ready pods there
 * is nothing to read: `absent`. Rates and latencies come from what was counted between two reads, so at first they are
 * `absent` too.
 */
export function createEnginePodsSource(
  origin: EnginePodsOrigin,
  signals: readonly SignalName[],
  { scraper, clock }: EnginePodsTools,
): SignalSource {
  const metrics = signals.map((signal) => [signal, presetOf(origin.engine)[signal]] as const);
  const names = metrics.flatMap(([, metric]) => (metric ? metricNames(metric) : []));
  const wanted = WantedNames.shared(names);
  const labels = new LabelTexts();
  const counters = new PodCounters();
  const open = (contentType?: string): ExpositionReader => new ExpositionReader(wanted, contentType, labels);
  return {
    label: `${origin.engine} pods`,
    signals,
    read: async (workload, deadline) => {
      const pods = readyPods(workload);
      counters.keepOnly(pods.map(({ name }) => name));
      const answers = await askPods(pods, { ...origin, names, open, scraper, clock, deadline });
      const reading = new PodsReading(answers, origin, counters);
      return new Map(metrics.map(([signal, metric]) => [signal, reading.measure(signal, metric)]));
    },
  };
}

/** What the pods answered at one time. */
class PodsReading {
  readonly #answers: readonly PodAnswer[];
  readonly #engine: EngineName;
  readonly #scope: { readonly modelName?: string | undefined; readonly modelLabel?: string | undefined };
  readonly #counters: PodCounters;
  readonly #timings: TimingsOfRead;

  constructor(answers: readonly PodAnswer[], { engine, modelName }: EnginePodsOrigin, counters: PodCounters) {
    this.#answers = answers;
    this.#engine = engine;
    this.#scope = { modelName, modelLabel: engineDefinition(engine).modelLabel };
    this.#counters = counters;
    this.#timings = new TimingsOfRead(this.#scope, counters);
  }

  measure(signal: SignalName, metric: EngineMetric | undefined): Measurement {
    if (!metric) {
      const reason = `${this.#engine} does not tell ${signal}`;
      return measureSum(this.#answers.map(() => ({ state: 'unknown', reason })));
    }
    if (metric.read === 'quantile') {
      return measureQuantile(this.#eachPod((heard) => this.#timings.of(heard, metric.from)), metric); // prettier-ignore
    }
    const values = this.#eachPod(({ pod, exposition, atMs }) =>
      readPodValue(exposition, metric, {
        ...this.#scope,
        rateOf: (counters) => this.#counters.rate(pod, signal, counters, atMs),
      }),
    );
    const sum = measureSum(values);
    if (sum.state === 'absent' || definitions[signal].shows !== 'working') return sum;
    return { ...sum, byPod: this.#byPod(values) };
  }

  /** The numbers of the pods of which one is known. */
  #byPod(values: readonly PodValue[]): ReadonlyMap<string, number> {
    const parts = values.map((value, at): [string, number][] => {
      const answer = this.#answers[at];
      return value.state === 'known' && answer && 'pod' in answer ? [[answer.pod, value.value]] : [];
    });
    return new Map(parts.flat());
  }

  /** What is read of each pod that answered, with the host before the reason where it can't be. */
  #eachPod<T extends { readonly state: 'known' } | Unknown>(read: (heard: Heard) => T): (T | Unknown)[] {
    return this.#answers.map((answer) => {
      if ('reason' in answer) return { state: 'unknown', reason: answer.reason };
      const value = read(answer);
      return value.state === 'unknown' ? { state: 'unknown', reason: `${answer.host}: ${value.reason}` } : value;
    });
  }
}

interface Unknown {
  readonly state: 'unknown';
  readonly reason: string;
}
