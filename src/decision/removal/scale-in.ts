import type { Verdict } from '../../domain/decision.ts';
import type { Workload } from '../../domain/workload.ts';
import { replicasMadeOf } from '../reach.ts';

/**
 * How many replicas the HPA takes away when it does what the decisions of a workload's triggers ask for; it goes by the
 * highest. None while one of them is undecided: then the HPA keeps what is.
 * @param clusterTolerance of HPAs that name none of their own
 */
export function replicasToRemove(verdicts: readonly Verdict[], workload: Workload, clusterTolerance?: number): number {
  const decisions = verdicts.filter((verdict) => verdict.state === 'decided');
  if (decisions.length === 0 || decisions.length < verdicts.length) return 0;
  const least = workload.hpa?.minReplicas ?? Math.max(1, workload.minReplicas ?? 0);
  const wanted = decisions.map(({ emitted }) => replicasMadeOf(emitted, workload, clusterTolerance));
  return Math.max(0, workload.replicas - Math.max(least, ...wanted));
}
