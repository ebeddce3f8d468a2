import type { EpochMs } from '../../../domain/clock.ts';
import type { Labels } from '../../../domain/label-selector.ts';
import type { Pod } from '../../../domain/workload.ts';

/** The labels by which controllers tell the revisions of their pods apart: Deployment, Argo Rollout, StatefulSet. */
const revisionLabels = ['pod-template-hash', 'rollouts-pod-template-hash', 'controller-revision-hash'];

/** What marks the template that a pod was made from; undefined where its controller marks none. */
export function revisionOf(labels: Labels): string | undefined {
  for (const label of revisionLabels) if (labels[label] !== undefined) return labels[label];
  return undefined;
}

/**
 * When the rollout that is under way began: the creation of the first pod of the run of pods of one revision that ends
 * with the newest pod. A rollback brings back an old revision, whose surviving pods are older than the run and do not
 * count. Told from the cluster alone, so that every replica of the scaler tells the same. Undefined while all pods are of
 * one revision.
 */
export function rolloutStart(pods: readonly Pod[]): EpochMs | undefined {
  const byAge = pods
    .filter(({ phase, createdAtMs }) => phase !== 'terminating' && createdAtMs !== undefined)
    .sort((a, b) => (b.createdAtMs ?? 0) - (a.createdAtMs ?? 0));
  const revision = byAge[0]?.revision;
  const older = byAge.findIndex((pod) => pod.revision !== revision);
  return older < 1 ? undefined : byAge[older - 1]?.createdAtMs;
}
