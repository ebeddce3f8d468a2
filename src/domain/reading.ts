import type { EpochMs } from './clock.ts';

/** How many of a workload's pods (or series) were heard, of how many that should have been. */
export interface Coverage {
  readonly heard: number;
  readonly expected: number;
}

interface ReadingOrigin {
  /** Who was asked, as a person would call it: `vllm pods`, `prometheus gateway`. */
  readonly source: string;
  /** When the source was last asked. The age of a reading is now minus this. */
  readonly observedAtMs: EpochMs;
  readonly coverage: Coverage;
}

/** A number that describes now. */
export interface FreshReading extends ReadingOrigin {
  readonly state: 'fresh';
  readonly value: number;
  /** What a reader should know about how the value came about: `sum of 3 series`. */
  readonly note?: string;
  /** More replicas than this would find nothing to do: the partitions of a topic. */
  readonly mostReplicas?: number;
  /** The parts of the sum by pod, of those that were heard, where the source is the pods; never 0 for one that was not. */
  readonly byPod?: ReadonlyMap<string, number>;
}

/** The source answered, and says that there is no such number. Never to be read as 0. */
export interface AbsentReading extends ReadingOrigin {
  readonly state: 'absent';
  readonly reason: string;
}

/** A number that was true once, kept because a gauge's last value tells more than nothing. `observedAtMs` says when. */
export interface StaleReading extends ReadingOrigin {
  readonly state: 'stale';
  readonly lastValue: number;
  readonly reason: string;
}

/** The source could not be asked, or its answer could not be understood. */
export interface FailedReading extends ReadingOrigin {
  readonly state: 'failed';
  readonly reason: string;
}

/**
 * What is known of one number. Unknown is never zero: whoever wants the number has to look at the state first.
 */
export type Reading = FreshReading | AbsentReading | StaleReading | FailedReading;

/** All pods were heard, so the value may lower a decision as well as raise it; where it is absent, nothing is missing. */
export function isComplete({ coverage }: FreshReading | AbsentReading): boolean {
  return coverage.heard >= coverage.expected;
}
