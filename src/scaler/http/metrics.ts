import { Gauge, Histogram, Registry } from 'prom-client';
import type { Clock } from '../../domain/clock.ts';
import type { ReadObserver } from '../../signals/runner.ts';
import type { Endpoint } from '../trigger/endpoint.ts';
import type { Durations } from '../answers/message.ts';
import type { TriggerGauge } from './trigger-gauge.ts';
import { triggerGauges } from './trigger-gauges.ts';

const unaryMethods = ['GetMetricSpec', 'GetMetrics', 'IsActive'];
const rpcBuckets = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1];
const readBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5];

/** Tells all endpoints, those of one ScaledObject together. */
type EndpointGroups = () => Iterable<readonly Endpoint[]>;

/** The scaler's own metrics. What there is to say of each ScaledObject is worked out at the scrape, so a dropped one is gone. */
export class ScalerMetrics {
  readonly #registry = new Registry();
  readonly #rpcSeconds: Histogram<'method' | 'code'>;
  readonly #readSeconds: Histogram<'source' | 'outcome'>;

  constructor() {
    this.#rpcSeconds = new Histogram({
      name: 'pilotlight_rpc_duration_seconds',
      help: 'Time taken to answer a unary RPC, by method and gRPC status.',
      labelNames: ['method', 'code'],
      buckets: rpcBuckets,
      registers: [this.#registry],
    });
    for (const method of unaryMethods) this.#rpcSeconds.zero({ method, code: 'OK' });
    this.#readSeconds = new Histogram({
      name: 'pilotlight_source_read_duration_seconds',
      help: 'Time taken to read a source of signals, by how that went: answered, failed or timeout.',
      labelNames: ['source', 'outcome'],
      buckets: readBuckets,
      registers: [this.#registry],
    });
  }

  /** Adds the gauges of all triggers. Called once, when there are endpoints to ask. */
  exposeTriggers(groups: EndpointGroups, clock: Clock): void {
    for (const gauge of triggerGauges) this.#exposeGauge(gauge, groups, clock);
  }

  /** Notes unary RPCs that ended alike. */
  noteRpcs({ method, status, seconds }: Durations): void {
    const labelled = this.#rpcSeconds.labels(method, status);
    for (const one of seconds) labelled.observe(one);
  }

  /** What notes how long each reading of a source took, and how it went. */
  get readObserver(): ReadObserver {
    return { observed: (source, seconds, outcome) => this.#readSeconds.observe({ source, outcome }, seconds) };
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  render(): Promise<string> {
    return this.#registry.metrics();
  }

  #exposeGauge(gauge: TriggerGauge, groups: EndpointGroups, clock: Clock): void {
    new Gauge({
      name: gauge.name,
      help: gauge.help,
      labelNames: ['namespace', 'scaledobject', ...gauge.labelNames],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const group of groups()) {
          for (const { labels, value } of groupSamples(gauge, group, clock.nowMs())) this.set(labels, value);
        }
      },
    });
  }
}

interface LabelledSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One ScaledObject's samples: one for each set of labels, however many triggers it has. */
function groupSamples(gauge: TriggerGauge, group: readonly Endpoint[], nowMs: number): Iterable<LabelledSample> {
  const folded = new Map<string, LabelledSample>();
  for (const endpoint of group) {
    const snapshot = endpoint.snapshot();
    for (const sample of snapshot ? gauge.samples(snapshot, nowMs) : []) {
      const key = Object.values(sample.labels).join();
      const before = folded.get(key);
      const value = before ? gauge.fold(before.value, sample.value) : sample.value;
      const { namespace, name } = endpoint.ref;
      folded.set(key, { labels: { namespace, scaledobject: name, ...sample.labels }, value });
    }
  }
  return folded.values();
}
