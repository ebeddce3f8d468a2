import type { Sample } from '../exposition/exposition.ts';
import { exporterMetrics, PodGpus } from './pod-gpus.ts';

/** What a kind of exporter calls its metrics, and how they tell of pods. */
export interface ExporterDialect {
  /** The metrics that are read of it. */
  readonly metrics: readonly string[];
  /** The GPUs of pods, from the samples of one or several exporters. */
  readonly gather: (samples: Iterable<Sample>) => PodGpus;
}

/** What pilotlight's own exporter says. */
export const pilotlightDialect: ExporterDialect = {
  metrics: exporterMetrics,
  gather: (samples) => {
    const gpus = new PodGpus();
    for (const sample of samples) gpus.add(sample);
    return gpus;
  },
};
