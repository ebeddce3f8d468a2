import type { EpochMs } from './clock.ts';

/** What an operator set by hand, for a while: more important than any rule, and over by itself. */
export interface Override {
  /** At least one of the two is there. */
  readonly min?: number;
  readonly max?: number;
  readonly untilMs: EpochMs;
  /** In the operator's words. */
  readonly reason?: string;
}

/** An override as it was written. One that can't be understood counts for nothing, and is shown for what it is. */
export type OverrideReading =
  | { readonly state: 'set'; readonly override: Override }
  | { readonly state: 'invalid'; readonly text: string; readonly problem: string };

/** Whether it counts at this moment. */
export function isInForce({ untilMs }: Override, nowMs: EpochMs): boolean {
  return nowMs < untilMs;
}
