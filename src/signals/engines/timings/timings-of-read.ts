import type { PodCounters } from '../counters/pod-counters.ts';
import type { Heard } from '../pod-answers.ts';
import type { ModelScope } from '../pod-series.ts';
import type { QuantileMetric } from '../presets/preset.ts';
import { readPodTimings } from './pod-timings.ts';
import type { PodTimings } from './pod-timings.ts';

/** How long requests took by one reading of the pods: read once for each pod and histogram, however many signals want it. */
export class TimingsOfRead {
  readonly #scope: ModelScope;
  readonly #counters: PodCounters;
  readonly #known = new Map<Heard, Map<string, PodTimings>>();

  constructor(scope: ModelScope, counters: PodCounters) {
    this.#scope = scope;
    this.#counters = counters;
  }

  of(heard: Heard, names: QuantileMetric['from']): PodTimings {
    const known = this.#known.get(heard) ?? new Map<string, PodTimings>();
    this.#known.set(heard, known);
    const timings = known.get(names[0].name) ?? this.#read(heard, names);
    known.set(names[0].name, timings);
    return timings;
  }

  #read({ pod, exposition, atMs }: Heard, names: QuantileMetric['from']): PodTimings {
    return readPodTimings(exposition, names, {
      ...this.#scope,
      growthOf: (what, reading) => this.#counters.buckets(pod, what, reading, atMs),
    });
  }
}
