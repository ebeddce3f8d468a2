import type { CalendarState } from './calendar.ts';
import type { EpochMs } from './clock.ts';
import type { Reading } from './reading.ts';
import type { SignalName } from './signal.ts';
import type { StepWindow } from './step.ts';
import type { Workload } from './workload.ts';

/** The rules, highest precedence first. */
export const ruleNames = ['override', 'closed', 'ceiling', 'load', 'steps', 'floor', 'hold', 'idle'] as const;
export type RuleName = (typeof ruleNames)[number];

/** What one rule asks for, and why. A rule that has nothing to say places no bid. */
export interface Bid {
  readonly rule: RuleName;
  /** Replicas, as a float: 2.4 asks the HPA for 3. */
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Not to be scaled to zero, whatever the number of replicas. */
  readonly keepAlive?: boolean;
  /** A sentence a person can check: `queue 12 over target 5 per replica needs 2.4`. */
  readonly why: string;
}

/** All that a decision may depend on, besides the policy. */
export interface DecisionContext {
  readonly nowMs: EpochMs;
  readonly workload: Workload;
  /** One for each signal that the policy plans to read. */
  readonly readings: ReadonlyMap<SignalName, Reading>;
  /** Absent where the policy has no calendar. */
  readonly calendar?: CalendarState;
  /** Since when nothing waits, nothing runs and the GPUs are idle, without a gap; absent while there is work or it can't be told. */
  readonly quietSinceMs?: EpochMs;
  /** The cluster's own tolerance, for HPAs that name none; the usual one where absent. */
  readonly hpaTolerance?: number;
  /** For each step of the policy, in its order: for how long its comparison has held; absent where nobody kept that. */
  readonly stepWindows?: readonly (StepWindow | undefined)[];
}

/** How many replicas are needed now, and why: all bids, and the rule whose bid settled it. */
export interface Decision {
  readonly state: 'decided';
  /** Replicas needed, as a float; the HPA rounds up. */
  readonly required: number;
  /** What the HPA is told: `required`, unless its tolerance would keep it from getting where it has to. */
  readonly emitted: number;
  /** Why that is another number, or why it will not do. */
  readonly emittedBecause?: string;
  /** Whether the workload must not be at zero. */
  readonly active: boolean;
  readonly rule: RuleName;
  readonly why: string;
  readonly bids: readonly Bid[];
  readonly decidedAtMs: EpochMs;
}

/** A number would be a guess, so there is none. */
interface Undecided {
  readonly state: 'undecided';
  readonly reason: string;
  readonly decidedAtMs: EpochMs;
}

export type Verdict = Decision | Undecided;
