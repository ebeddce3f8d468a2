import type { EpochMs } from './clock.ts';
import type { SignalName } from './signal.ts';

export type Comparison = '>' | '>=' | '<' | '<=';

/** `gpuUtilization > 70 for 2m: +1`: what is done when a signal has been high or low for long enough. */
export interface Step {
  readonly signal: SignalName;
  readonly comparison: Comparison;
  /** In the signal's unit: per replica where the signal is a sum over pods, as it is where it is not. */
  readonly threshold: number;
  /** How long the comparison has to hold without a gap. */
  readonly forMs: number;
  /** Above 0 adds replicas, below 0 removes them. */
  readonly change: { readonly by: 'replicas' | 'percent'; readonly amount: number };
  /** As the user wrote it, for reasons and error texts. */
  readonly text: string;
}

/** For how long the comparison of a step has held, at the same replicas and without a gap. */
export interface StepWindow {
  readonly heldSinceMs: EpochMs;
  /** The moment up to which that is known. */
  readonly heldUntilMs: EpochMs;
  /** Mean over that time of what is compared, in the signal's unit. */
  readonly mean: number;
}

/** Signals that are above 0 only while requests are served: without them nothing can be said of a low latency. */
export const trafficSignals: readonly SignalName[] = ['running', 'concurrency', 'requestRate', 'tokenRate'];

/** Whether a step adds replicas; else it removes some. */
export function isStepOut(step: Step): boolean {
  return step.change.amount > 0;
}
