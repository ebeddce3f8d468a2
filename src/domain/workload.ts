import type { EpochMs } from './clock.ts';
import type { DeletionCost } from './deletion-cost.ts';
import type { OverrideReading } from './override.ts';
import type { Startup } from './startup.ts';

/** Names a ScaledObject. */
export interface ScaledObjectRef {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Where a pod is in its life. `pending`: not on a node yet, or its containers have not started; `loading`: running but
 * not ready, as while a model loads; `terminating`: told to stop.
 */
export type PodPhase = 'pending' | 'loading' | 'ready' | 'terminating';

export interface Pod {
  readonly name: string;
  readonly phase: PodPhase;
  readonly node?: string;
  /** `ip` or `ip:port`; absent until the pod has one. The port, where given, wins over the engine's. */
  readonly address?: string;
  readonly createdAtMs?: EpochMs;
  /**
   * Since when a pod that is not ready has not been: its creation for one that starts, later for one that was ready before.
   * Absent for a ready pod, and where it can't be told.
   */
  readonly notReadySinceMs?: EpochMs;
  /** Since when a ready pod is ready; absent for any other, and where it can't be told. */
  readonly readySinceMs?: EpochMs;
  /** Equal for pods made from one template; absent where the kind of workload does not mark them. */
  readonly revision?: string;
  /** A ReplicaSet keeps it, which goes by deletion costs; absent for pods of any other controller. */
  readonly ofReplicaSet?: true;
  /** Absent where none is set. */
  readonly deletionCost?: DeletionCost;
}

/** What the HorizontalPodAutoscaler that KEDA keeps for a ScaledObject goes by. */
export interface HpaFacts {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Replicas that it counted last; absent before it has counted. */
  readonly currentReplicas?: number;
  /**
   * It makes no change whose ratio of wanted to current replicas is within this of 1. Absent where the HPA names none:
   * the cluster's own then holds, which is 0.1 unless its administrator chose another.
   */
  readonly scaleUpTolerance?: number;
  readonly scaleDownTolerance?: number;
}

/** What a ScaledObject scales, and how it stands. */
export interface Workload {
  readonly ref: ScaledObjectRef;
  /** For people: `Deployment/llama-70b`. */
  readonly target: string;
  /** Replicas asked for last (`spec.replicas` of the scale subresource), not how many are ready. */
  readonly replicas: number;
  /** `minReplicaCount` and `maxReplicaCount` of the ScaledObject, where known. */
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  /** Absent while there is no HPA, as before KEDA has made it, and where HPAs can't be read. */
  readonly hpa?: HpaFacts;
  /** Pods of the workload that have not ended. */
  readonly pods: readonly Pod[];
  /** Since when a new revision is being rolled out; absent when none is. */
  readonly rolloutSinceMs?: EpochMs;
  /** Absent where nobody has set one. */
  readonly override?: OverrideReading;
  /** Absent while nothing was learned. */
  readonly startup?: Startup;
}

/** A workload as last seen, or why it can't be told. */
export type WorkloadReading =
  | { readonly state: 'known'; readonly workload: Workload; readonly observedAtMs: EpochMs }
  | { readonly state: 'unknown'; readonly reason: string };

/** `namespace/name`, for maps and logs. */
export function refKey(ref: ScaledObjectRef): string {
  return `${ref.namespace}/${ref.name}`;
}

/** Pods that should be serving now, so that a source is expected to hear them. */
export function readyPods(workload: Workload): readonly Pod[] {
  return workload.pods.filter((pod) => pod.phase === 'ready');
}
