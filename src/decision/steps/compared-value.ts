import type { DecisionContext } from '../../domain/decision.ts';
import type { Policy, SignalPlan } from '../../domain/policy.ts';
import type { FreshReading } from '../../domain/reading.ts';
import { addsUp } from '../../domain/signal.ts';
import type { SignalName } from '../../domain/signal.ts';
import { isStepOut, trafficSignals } from '../../domain/step.ts';
import type { Step } from '../../domain/step.ts';
import { standingOf } from '../standing.ts';

type Moment = Pick<DecisionContext, 'workload' | 'readings'>;

/**
 * What a step compares at this moment; undefined where it can't be told. Sums are compared per replica, latencies as they
 * are. Adding counts on the pods that were heard; removing needs to have heard all of them, and of a latency to know that
 * there is traffic, for without it there is none that could be low.
 */
export function comparedValue(step: Step, policy: Policy, moment: Moment): number | undefined {
  const plan = policy.signals.find(({ signal }) => signal === step.signal);
  const reading = usableReading(step, moment);
  if (!plan || !reading) return undefined;
  if (addsUp(step.signal)) return reading.value / sharers(plan, reading, moment);
  return isStepOut(step) || (reading.value > 0 && hasTraffic(moment)) ? reading.value : undefined;
}

/** The reading that a step may act on: any number for one that adds, that of all pods for one that removes. */
export function usableReading(step: Step, { readings }: Pick<Moment, 'readings'>): FreshReading | undefined {
  const standing = standingOf(readings.get(step.signal));
  if (standing.state === 'complete') return standing.reading;
  return standing.state === 'partial' && isStepOut(step) ? standing.reading : undefined;
}

/** What is compared, as a person would call it: `per replica`, or nothing for a latency, which is that of all. */
export function describeShare(signal: SignalName): string {
  return addsUp(signal) ? ' per replica' : '';
}

/** How many share the sum. What a connection was asked is the whole workload's; pods tell only of themselves. */
function sharers({ origin }: SignalPlan, { coverage }: FreshReading, { workload }: Moment): number {
  return Math.max(1, origin.kind === 'connection' ? workload.replicas : coverage.heard);
}

function hasTraffic({ readings }: Moment): boolean {
  return trafficSignals.some((signal) => {
    const reading = readings.get(signal);
    return reading?.state === 'fresh' && reading.value > 0;
  });
}
