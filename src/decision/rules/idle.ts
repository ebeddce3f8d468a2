import type { Bid, DecisionContext } from '../../domain/decision.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { Policy } from '../../domain/policy.ts';
import { quietness } from '../quiet.ts';

/** Keeps a workload from zero until it has been quiet for `idleAfterMs`. It always has something to say, so a decision always has a reason. */
export function idle(policy: Policy, context: DecisionContext): Bid {
  const { workload, readings } = context;
  const { quiet, because } = quietness(policy, workload, readings);
  if (workload.replicas === 0) return { rule: 'idle', atMost: 0, why: `at zero: ${because}` };
  if (!quiet) return { rule: 'idle', keepAlive: true, why: because };
  const quietMs = context.quietSinceMs === undefined ? 0 : Math.max(0, context.nowMs - context.quietSinceMs);
  const quietFor = `quiet for ${formatDuration(quietMs)}`;
  if (context.quietSinceMs !== undefined && quietMs >= policy.idleAfterMs) {
    return { rule: 'idle', atMost: 0, why: `${quietFor}: ${because}` };
  }
  return { rule: 'idle', keepAlive: true, why: `${quietFor} of ${formatDuration(policy.idleAfterMs)}: ${because}` };
}
