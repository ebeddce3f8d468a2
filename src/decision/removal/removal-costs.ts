import type { Pod } from '../../domain/workload.ts';
import { compareIdleness } from './idleness.ts';
import type { PodActivities, PodActivity } from './pod-activity.ts';

/** Costs by pod; one that is not in it is to have none, which Kubernetes counts as 0. */
export type RemovalCosts = ReadonlyMap<string, number>;

interface Candidate {
  readonly pod: Pod;
  readonly activity: PodActivity;
}

/**
 * Which deletion costs make the ReplicaSet controller remove the idlest `count` pods, the idlest of them first: -1 for the
 * busiest of those, one less for each that is idler, the same for those that are alike. All others keep the 0 of a pod
 * without a cost, so that few pods are written to.
 *
 * A pod that nobody could read is never among them, nor is one to which somebody else has given a cost. Where all pods
 * are alike there is nothing to choose, so none gets any.
 */
export function removalCosts(pods: readonly Pod[], activities: PodActivities, count: number): RemovalCosts {
  const candidates = pods.filter(mayBeChosen).map((pod): Candidate => ({ pod, activity: activities.of(pod.name) }));
  const byRequests = candidates.some(({ activity }) => activity.requests !== undefined);
  const order = candidates.toSorted(idlestFirst);
  if (areAlike(order)) return new Map();
  const first = order.filter(({ activity }) => isRead(activity, byRequests)).slice(0, Math.max(0, count));
  const groups = groupAlike(first);
  return new Map(groups.flatMap((group, at) => group.map(({ pod }) => [pod.name, at - groups.length])));
}

function mayBeChosen({ phase, ofReplicaSet, deletionCost }: Pod): boolean {
  return phase === 'ready' && ofReplicaSet === true && deletionCost?.setBy !== 'others';
}

/** Requests tell more than GPUs do, so where any pod tells them, a pod that does not is not read. */
function isRead({ requests, gpuUtilization }: PodActivity, byRequests: boolean): boolean {
  return (byRequests ? requests : gpuUtilization) !== undefined;
}

/** Of pods that are alike those that have a cost keep it, and the younger go before the older, as in the controller. */
function idlestFirst(one: Candidate, other: Candidate): number {
  return (
    compareIdleness(one.activity, other.activity) ||
    Number(other.pod.deletionCost !== undefined) - Number(one.pod.deletionCost !== undefined) ||
    (other.pod.createdAtMs ?? 0) - (one.pod.createdAtMs ?? 0) ||
    (one.pod.name < other.pod.name ? -1 : 1)
  );
}

function areAlike(order: readonly Candidate[]): boolean {
  const [idlest, busiest] = [order[0], order.at(-1)];
  return !idlest || !busiest || compareIdleness(idlest.activity, busiest.activity) === 0;
}

/** Candidates in their order, those that are alike together. */
function groupAlike(order: readonly Candidate[]): Candidate[][] {
  const groups: Candidate[][] = [];
  for (const candidate of order) {
    const group = groups.at(-1);
    const isLikeThem = group?.[0] && compareIdleness(group[0].activity, candidate.activity) === 0;
    if (isLikeThem) group.push(candidate);
    else groups.push([candidate]);
  }
  return groups;
}
