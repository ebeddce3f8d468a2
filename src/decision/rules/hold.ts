import type { Bid, DecisionContext } from '../../domain/decision.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { Policy } from '../../domain/policy.ts';
import type { PodPhase } from '../../domain/workload.ts';
import { standingOf } from '../standing.ts';
import { describeAge, describeLoss } from '../wording.ts';

/**
 * Not below the replicas there are, while a lower number would be a guess: a configured signal is lost or heard from some
 * pods only, or pods are not ready, so that their work does not show: they start, or serve so much that they fail their
 * readiness probe. Such pods hold for `startupTimeoutMs`
 * at most, for a pod that never gets ready must not hold its GPUs for ever; a lost signal holds for as long as it is lost.
 */
export function hold(policy: Policy, context: DecisionContext): Bid | undefined {
  const { replicas } = context.workload;
  const reasons = [
    ...(policy.onSignalLoss === 'hold' ? lostSignals(policy, context) : []),
    ...partialSignals(policy, context),
    ...starting(policy, context),
  ];
  if (replicas === 0 || reasons.length === 0) return undefined;
  return { rule: 'hold', atLeast: replicas, why: `hold at ${replicas}: ${reasons.join('; ')}` };
}

/** Configured signals that should have a number and have none, each with its state, reason and age. */
export function lostSignals(policy: Policy, context: DecisionContext): string[] {
  return describeRequired(policy, context, 'lost');
}

/** A sum over some of the pods is less than the truth: no policy may scale in on it, whatever it says of lost signals. */
function partialSignals(policy: Policy, context: DecisionContext): string[] {
  return describeRequired(policy, context, 'partial');
}

function describeRequired(policy: Policy, context: DecisionContext, state: 'lost' | 'partial'): string[] {
  return policy.signals
    .map(({ signal, required }) => ({ signal, required, reading: context.readings.get(signal) }))
    .filter(({ required, reading }) => required && standingOf(reading).state === state)
    .map(({ signal, reading }) => `${describeLoss(signal, reading)}${describeAge(reading, context.nowMs)}`);
}

/** More pods than this are told as one: a sentence is to be read. */
const mostNamedPods = 2;

function starting(policy: Policy, { workload, nowMs }: DecisionContext): string[] {
  const limit = formatDuration(policy.startupTimeoutMs);
  const within = (sinceMs: number | undefined): sinceMs is number =>
    sinceMs !== undefined && nowMs - sinceMs < policy.startupTimeoutMs;
  const lasts = (sinceMs: number): string => `for ${formatDuration(Math.max(0, nowMs - sinceMs))} of ${limit}`;
  const { rolloutSinceMs } = workload;
  const rollout = within(rolloutSinceMs) ? [`rollout ${lasts(rolloutSinceMs)}`] : [];
  const pods = workload.pods.flatMap(({ name, phase, createdAtMs, notReadySinceMs = createdAtMs }) =>
    isStarting(phase) && within(notReadySinceMs) ? [{ name, phase, sinceMs: notReadySinceMs }] : [],
  );
  if (pods.length > mostNamedPods) {
    const latestMs = Math.max(...pods.map(({ sinceMs }) => sinceMs));
    return [...rollout, `${pods.length} pods not ready, the latest ${lasts(latestMs)}`];
  }
  return [...rollout, ...pods.map(({ name, phase, sinceMs }) => `${name} ${phase} ${lasts(sinceMs)}`)];
}

function isStarting(phase: PodPhase): boolean {
  return phase === 'pending' || phase === 'loading';
}
