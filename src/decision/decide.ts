import type { Bid, DecisionContext, Verdict } from '../domain/decision.ts';
import type { Policy } from '../domain/policy.ts';
import { fold } from './fold.ts';
import { limitsOf } from './limits.ts';
import { reach } from './reach.ts';
import { ceiling } from './rules/ceiling.ts';
import { closed } from './rules/closed.ts';
import { floor } from './rules/floor.ts';
import { hold, lostSignals } from './rules/hold.ts';
import { idle } from './rules/idle.ts';
import { load } from './rules/load.ts';
import { override } from './rules/override.ts';
import { steps } from './rules/steps.ts';

/** Highest precedence first; `idle` comes after all of them. `load`, `steps` and `floor` are equals: none caps, so the higher counts. */
const rules = [override, closed, ceiling, load, steps, floor, hold];

/**
 * Says how many replicas a workload needs now, and why.
 *
 * Pure: the same policy and context give the same verdict, on whichever replica of the scaler. `undecided` where a signal
 * is lost that the policy asks for, and either the policy wants an error for that, or the workload is at zero and nothing
 * else wakes it: there are no replicas to hold, and 0 would be a guess. Hours that close it settle it at zero anyway, and
 * so does an override that leaves no choice, at whatever it says.
 */
export function decide(policy: Policy, context: DecisionContext): Verdict {
  const decidedAtMs = context.nowMs;
  const higher = rules.map((rule) => rule(policy, context)).filter((bid) => bid !== undefined);
  const lowest = idle(policy, context);
  const { required, active, settledBy } = fold(higher, lowest);
  const isBlind = refusal(policy, context) ?? (active ? undefined : blindness(policy, context));
  const reason = isSettled(higher) ? undefined : isBlind;
  if (reason !== undefined) return { state: 'undecided', reason, decidedAtMs };
  const { rule, why } = settledBy;
  const bids = [...higher, lowest];
  const answer = reach({ required, ...limitsOf(higher, lowest, required) }, context.workload, context.hpaTolerance);
  return { state: 'decided', required, ...answer, active, rule, why, bids, decidedAtMs };
}

/** What could wake a workload that is at zero is lost: there are no replicas to hold, and 0 would be a guess. */
function blindness(policy: Policy, context: DecisionContext): string | undefined {
  if (policy.onSignalLoss !== 'hold' || context.workload.replicas > 0) return undefined;
  const waking = policy.signals.filter(({ target }) => target !== undefined);
  const lost = lostSignals({ ...policy, signals: waking }, context);
  return lost.length > 0 ? `at zero, and nothing tells whether to wake: ${lost.join('; ')}` : undefined;
}

/** A signal is lost, and the policy wants an error for that. */
function refusal(policy: Policy, context: DecisionContext): string | undefined {
  if (policy.onSignalLoss !== 'error') return undefined;
  const lost = lostSignals(policy, context);
  return lost.length > 0 ? `onSignalLoss=error: ${lost.join('; ')}` : undefined;
}

/** Whether the number is the same whatever the signals say. */
function isSettled(bids: readonly Bid[]): boolean {
  return bids.some(({ rule, atLeast = 0, atMost }) => (rule === 'closed' || rule === 'override') && atMost === atLeast);
}
