import type { Bid, DecisionContext } from '../../domain/decision.ts';
import type { Policy, SignalPlan } from '../../domain/policy.ts';
import type { FreshReading } from '../../domain/reading.ts';
import { isComplete } from '../../domain/reading.ts';
import { addsUp } from '../../domain/signal.ts';
import { formatCoverage, formatNumber, formatValue } from '../wording.ts';

/**
 * The replicas that the load needs: for each fresh signal with a target its sum over the pods by the target per replica,
 * which is what the HPA would make of an AverageValue; the highest counts. A sum in which pods are missing is too low, so
 * it counts for what it is, and `hold` sees that it lowers nothing. What does not add up over pods, such as a latency, is
 * nothing that replicas share, so it never bids.
 */
export function load(policy: Policy, context: DecisionContext): Bid | undefined {
  return policy.signals
    .map((plan) => bidOf(plan, policy, context))
    .reduce((best, bid) => (bid && (!best || bid.atLeast > best.atLeast) ? bid : best), undefined);
}

type LoadBid = Bid & { readonly atLeast: number };

function bidOf(plan: SignalPlan, policy: Policy, context: DecisionContext): LoadBid | undefined {
  const reading = context.readings.get(plan.signal);
  if (plan.target === undefined || !addsUp(plan.signal) || reading?.state !== 'fresh') return undefined;
  if (context.workload.replicas === 0 && reading.value <= activationOf(plan, policy)) return undefined;
  const atLeast = Math.min(reading.value / plan.target, reading.mostReplicas ?? Infinity);
  return { rule: 'load', atLeast, why: explain(plan, plan.target, reading) };
}

/** More than this much is needed to wake a workload that is at zero. */
function activationOf(plan: SignalPlan, policy: Policy): number {
  return plan.signal === 'queue' ? policy.queueActivation : 0;
}

function explain({ signal }: SignalPlan, target: number, reading: FreshReading): string {
  const { value, source, coverage, note, mostReplicas = Infinity } = reading;
  const sum = `${signal} ${formatValue(signal, value)} (${source}) / ${formatValue(signal, target)} per replica`;
  const useless = value / target > mostReplicas ? `at most ${mostReplicas}, more would find nothing to do` : undefined;
  const remarks = [isComplete(reading) ? undefined : formatCoverage(coverage), note, useless].filter(
    (text) => text !== undefined,
  );
  return [`${sum} = ${formatNumber(value / target)}`, ...remarks].join(', ');
}
