import type { Bid, DecisionContext } from '../../domain/decision.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { Policy } from '../../domain/policy.ts';
import { standingOf } from '../standing.ts';
import { describeLoss, formatRequests } from '../wording.ts';

/**
 * In hard-off hours: zero, once running requests have drained or the drain timeout has passed. Until then the replicas
 * that serve them are kept, and no more are added, for work that waits now will not be served before the hours open.
 * Hours end early for this rule: they are over when the next window's replicas are being warmed.
 */
export function closed(policy: Policy, context: DecisionContext): Bid | undefined {
  const { calendar, workload } = context;
  if (policy.offHours !== 'closed' || !calendar || calendar.open || calendar.upcoming) return undefined;
  const dark: Bid = { rule: 'closed', atMost: 0, why: `closed: ${calendar.because}` };
  if (workload.replicas === 0 || calendar.sinceMs === undefined) return dark;
  const leftMs = policy.drainTimeoutMs - (context.nowMs - calendar.sinceMs);
  if (leftMs <= 0)
    return { ...dark, why: `${dark.why}, drain timeout ${formatDuration(policy.drainTimeoutMs)} passed` };
  const busy = stillRunning(policy, context);
  if (busy === undefined) return { ...dark, why: `${dark.why}, drained` };
  const why = `closing: ${busy}, up to ${formatDuration(leftMs)} more`;
  return { rule: 'closed', atMost: workload.replicas, keepAlive: true, why };
}

/** What still runs or may still run, or undefined once all has drained. Work that waits does not matter here. */
function stillRunning(policy: Policy, { workload, readings }: DecisionContext): string | undefined {
  // Not ready is not enough: a pod under heavy load may fail its readiness probe while it serves.
  const canServe = workload.pods.some((pod) => pod.phase === 'ready' || pod.phase === 'loading');
  if (!canServe) return undefined;
  const planned = policy.signals.map((plan) => plan.signal);
  const signal = (['running', 'concurrency'] as const).find((name) => planned.includes(name));
  if (signal === undefined) return 'nothing tells whether requests run';
  const standing = standingOf(readings.get(signal));
  if (standing.state === 'nothing to tell') return 'no pod is ready to tell whether requests run';
  if (standing.state === 'lost') return describeLoss(signal, standing.reading);
  const { reading } = standing;
  if (reading.value > 0) return `${formatRequests(reading.value)} still running (${reading.source})`;
  return standing.state === 'complete' ? undefined : describeLoss(signal, reading);
}
