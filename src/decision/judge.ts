import type { EpochMs } from '../domain/clock.ts';
import type { DecisionContext, Verdict } from '../domain/decision.ts';
import type { Policy } from '../domain/policy.ts';
import { decide } from './decide.ts';
import { QuietWatch } from './quiet-watch.ts';
import { quietness } from './quiet.ts';
import { StepWatch } from './steps/step-watch.ts';

/** What is seen at one moment. */
type Moment = Omit<DecisionContext, 'quietSinceMs' | 'stepWindows'>;

interface Judgement {
  readonly verdict: Verdict;
  readonly quiet: { readonly quiet: boolean; readonly because: string; readonly sinceMs?: EpochMs };
}

/**
 * Decides for one trigger, moment after moment, and keeps between them what no single moment tells: since when all has been
 * quiet, and for how long the comparison of each step has held.
 */
export class Judge {
  readonly #policy: Policy;
  readonly #quiet: QuietWatch;
  readonly #steps: StepWatch;

  /** @param longestGapMs beyond this, time that nobody looked is not known to have been like the moments around it */
  constructor(policy: Policy, longestGapMs: number) {
    this.#policy = policy;
    this.#quiet = new QuietWatch(longestGapMs);
    this.#steps = new StepWatch(policy, longestGapMs);
  }

  judge(moment: Moment): Judgement {
    const { quiet, because } = quietness(this.#policy, moment.workload, moment.readings);
    const sinceMs = this.#quiet.note(quiet, moment.nowMs);
    const since = sinceMs === undefined ? undefined : { sinceMs };
    const context = { ...moment, stepWindows: this.#steps.note(moment), ...(since && { quietSinceMs: since.sinceMs }) };
    return { verdict: decide(this.#policy, context), quiet: { quiet, because, ...since } };
  }

  /** Nothing is known of the workload at this moment, so nothing is known to have lasted. */
  forget(nowMs: EpochMs): void {
    this.#quiet.note(false, nowMs);
    this.#steps.forget();
  }
}
