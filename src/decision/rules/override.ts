import type { Bid, DecisionContext } from '../../domain/decision.ts';
import { isoSecond } from '../../domain/iso-second.ts';
import { isInForce } from '../../domain/override.ts';
import type { Override } from '../../domain/override.ts';
import type { Policy } from '../../domain/policy.ts';
import type { Workload } from '../../domain/workload.ts';

/** What an operator set by hand, until it expires. One that can't be understood counts for nothing. */
export function override(_policy: Policy, { workload, nowMs }: DecisionContext): Bid | undefined {
  if (workload.override?.state !== 'set' || !isInForce(workload.override.override, nowMs)) return undefined;
  const { min, max } = workload.override.override;
  return {
    rule: 'override',
    ...(min !== undefined && { atLeast: min }),
    ...(max !== undefined && { atMost: max }),
    why: explain(workload.override.override, workload),
  };
}

function explain({ min, max, untilMs, reason }: Override, { minReplicas, maxReplicas }: Workload): string {
  const limits = [min === undefined ? undefined : `min=${min}`, max === undefined ? undefined : `max=${max}`];
  const remarks = [
    reason,
    (min ?? 0) > (maxReplicas ?? Infinity) ? `maxReplicaCount ${maxReplicas} allows no more` : undefined,
    (max ?? Infinity) < (minReplicas ?? 0) ? `minReplicaCount ${minReplicas} allows no less` : undefined,
  ];
  const until = `override ${present(limits).join(' ')} until ${isoSecond(untilMs)}`;
  return [until, ...present(remarks)].join('; ');
}

function present(parts: readonly (string | undefined)[]): readonly string[] {
  return parts.filter((part) => part !== undefined);
}
