/**
 * The annotation by which the ReplicaSet controller chooses among ready pods which to remove first: the one that costs least.
 * A pod without it costs 0.
 */
export const deletionCostAnnotation = 'controller.kubernetes.io/pod-deletion-cost';

/** The deletion cost that stands on a pod. */
export interface DeletionCost {
  readonly cost: number;
  /** `us`: this or another replica of the scaler; what anybody else has set is theirs to change. */
  readonly setBy: 'us' | 'others';
}
