import type { EpochMs } from '../../domain/clock.ts';
import type { PodRecord } from './pod-record.ts';

/** The label by which a Deployment tells the revisions of its pods apart. */
const revisionLabel = 'pod-template-hash';

/**
 * When the rollout that is under way began: the creation of the first pod of the run of pods of one revision that ends
 * with the newest pod. A rollback brings back an old revision, whose surviving pods are older than the run and do not
 * count. Told from the cluster alone, so that every replica of the scaler tells the same. Undefined while all pods are of
 * one revision.
 */
export function rolloutStart(pods: Iterable<PodRecord>): EpochMs | undefined {
  const byAge = [...pods]
    .filter(({ pod }) => pod.phase !== 'terminating' && pod.createdAtMs !== undefined)
    .sort((a, b) => (b.pod.createdAtMs ?? 0) - (a.pod.createdAtMs ?? 0));
  const revision = byAge[0]?.labels[revisionLabel];
  const older = byAge.findIndex(({ labels }) => labels[revisionLabel] !== revision);
  return older < 1 ? undefined : byAge[older - 1]?.pod.createdAtMs;
}
