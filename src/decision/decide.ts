import type { Bid, DecisionContext, Verdict } from '../domain/decision.ts';
import type { Policy } from '../domain/policy.ts';
import { fold } from './fold.ts';
import { ceiling } from './rules/ceiling.ts';
import { closed } from './rules/closed.ts';
import { floor } from './rules/floor.ts';
import { hold, lostSignals } from './rules/hold.ts';
import { idle } from './rules/idle.ts';
import { load } from './rules/load.ts';

/** Highest precedence first; `idle` comes after all of them. `load` and `floor` are equals: neither caps, so the higher counts. */
const rules = [closed, ceiling, load, floor, hold];

/**
 * Says how many replicas a workload needs now, and why.
 *
 * Pure: the same policy and context give the same verdict, on whichever replica of the scaler. `undecided` only where the
 * policy wants an error for a lost signal and the hours do not settle it at zero anyway.
 */
export function decide(policy: Policy, context: DecisionContext): Verdict {
  const decidedAtMs = context.nowMs;
  const higher = rules.map((rule) => rule(policy, context)).filter((bid) => bid !== undefined);
  const lost = policy.onSignalLoss === 'error' ? lostSignals(policy, context) : [];
  if (lost.length > 0 && !isClosed(higher)) {
    return { state: 'undecided', reason: `onSignalLoss=error: ${lost.join('; ')}`, decidedAtMs };
  }
  const lowest = idle(policy, context);
  const { required, active, settledBy } = fold(higher, lowest);
  const { rule, why } = settledBy;
  return { state: 'decided', required, active, rule, why, bids: [...higher, lowest], decidedAtMs };
}

function isClosed(bids: readonly Bid[]): boolean {
  return bids.some((bid) => bid.rule === 'closed' && bid.atMost === 0);
}
