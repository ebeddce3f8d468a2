import { comparedValue } from './compared-value.ts';
import { describeUnsettled } from './settled.ts';
import { slotMs, sustain } from './sustain.ts';
import type { Sustain } from './sustain.ts';
import type { EpochMs } from '../../domain/clock.ts';
import type { DecisionContext } from '../../domain/decision.ts';
import type { Policy } from '../../domain/policy.ts';
import { isStepOut } from '../../domain/step.ts';
import type { Step, StepWindow } from '../../domain/step.ts';

type Moment = Pick<DecisionContext, 'nowMs' | 'workload' | 'readings'>;

/**
 * Keeps for how long the comparison of each step has held. All begin anew when the number of replicas changes, and none
 * counts while replicas start. What can't be told ends the wait of a step that removes; one that adds goes by what is
 * known, and forgets it when nothing was heard for a slot's length.
 */
export class StepWatch {
  readonly #policy: Policy;
  readonly #longestGapMs: number;
  #sustains: (Sustain | undefined)[] = [];
  #replicas: number | undefined;
  #seenMs: EpochMs = 0;

  /** @param longestGapMs time that nobody looked breaks every window, beyond this */
  constructor(policy: Policy, longestGapMs: number) {
    this.#policy = policy;
    this.#longestGapMs = longestGapMs;
  }

  /** Notes one look at the workload, and answers each step's window, in the order of the policy. */
  note(moment: Moment): readonly (StepWindow | undefined)[] {
    const { nowMs, workload } = moment;
    const sinceLastMs = nowMs - this.#seenMs;
    const unbroken = sinceLastMs >= 0 && sinceLastMs <= this.#longestGapMs && workload.replicas === this.#replicas;
    this.#sustains = this.#policy.steps.map((step, index) => this.#next(step, unbroken ? this.#sustains[index] : undefined, moment)); // prettier-ignore
    this.#replicas = workload.replicas;
    this.#seenMs = nowMs;
    return this.#sustains.map((one) => one?.held);
  }

  /** Nothing is known of the workload, so nothing is known to have lasted. */
  forget(): void {
    this.#sustains = [];
    this.#replicas = undefined;
  }

  #next(step: Step, before: Sustain | undefined, moment: Moment): Sustain | undefined {
    const { nowMs, workload } = moment;
    const direction = isStepOut(step) ? 'out' : 'in';
    if (describeUnsettled(direction, workload, this.#policy, nowMs) !== undefined) return undefined;
    const value = comparedValue(step, this.#policy, moment);
    if (value !== undefined) return sustain(step, before, value, nowMs);
    const isGapShort = before !== undefined && nowMs - before.slot.lastMs <= slotMs(step);
    return isStepOut(step) && isGapShort ? before : undefined;
  }
}
