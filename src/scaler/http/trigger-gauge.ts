import type { EpochMs } from '../../domain/clock.ts';
import type { Snapshot } from '../trigger/snapshot.ts';

export interface Sample {
  /** Labels besides the ScaledObject's. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A gauge of what is known of a trigger at the time of a scrape. What is unknown has no sample; it is not 0. */
export interface TriggerGauge {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly samples: (snapshot: Snapshot, nowMs: EpochMs) => readonly Sample[];
  /** How the samples of several triggers of one ScaledObject become one: as KEDA and the HPA would, or the worst of them. */
  readonly fold: (one: number, other: number) => number;
}
