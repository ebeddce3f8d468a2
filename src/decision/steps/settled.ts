import type { EpochMs } from '../../domain/clock.ts';
import type { Policy } from '../../domain/policy.ts';
import type { Pod, Workload } from '../../domain/workload.ts';
import { readyPods } from '../../domain/workload.ts';

type Direction = 'out' | 'in';

/**
 * Whether all replicas are there, so that what they carry is what they will carry; undefined then, else what is not yet
 * as it will be. A pod that starts takes no load, so a step while it does would be taken twice. A pod that has not got
 * ready for `startupTimeoutMs` will not: it stands in the way of adding more like it, and not of removing it.
 */
export function describeUnsettled(
  direction: Direction,
  workload: Workload,
  policy: Pick<Policy, 'startupTimeoutMs'>,
  nowMs: EpochMs,
): string | undefined {
  const ready = readyPods(workload).length;
  const starting = workload.pods.filter(isNotReady);
  const stuck = direction === 'in' ? starting.filter((pod) => isStuck(pod, policy, nowMs)).length : 0;
  if (ready + stuck === workload.replicas && starting.length === stuck) return undefined;
  return `${ready} of ${workload.replicas} ready`;
}

function isNotReady({ phase }: Pod): boolean {
  return phase === 'pending' || phase === 'loading';
}

/** A pod of which nobody knows since when it waits may just have been created. */
function isStuck(
  { createdAtMs, notReadySinceMs = createdAtMs }: Pod,
  { startupTimeoutMs }: Pick<Policy, 'startupTimeoutMs'>,
  nowMs: EpochMs,
): boolean {
  // prettier-ignore
  return notReadySinceMs !== undefined && nowMs - notReadySinceMs >= startupTimeoutMs;
}
