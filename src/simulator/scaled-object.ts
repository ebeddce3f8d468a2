import type { ScaledObjectRef } from '../domain/workload.ts';
import type { HpaBehavior } from './hpa-behavior.ts';

/** A ScaledObject with one trigger, by the names that KEDA gives its fields; `kedaDefaults` counts where one is absent. */
export interface ScaledObject extends ScaledObjectRef {
  readonly triggerType: 'external' | 'external-push';
  /** The trigger's, as the user wrote it. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly pollingIntervalMs?: number;
  readonly cooldownPeriodMs?: number;
  readonly minReplicaCount?: number;
  /** Replicas while the trigger is inactive, where they are not `minReplicaCount`; KEDA supports only 0. */
  readonly idleReplicaCount?: number;
  readonly maxReplicaCount?: number;
  readonly behavior?: HpaBehavior;
  /** `--horizontal-pod-autoscaler-sync-period` of kube-controller-manager. */
  readonly hpaSyncIntervalMs?: number;
}

export const kedaDefaults = {
  pollingIntervalMs: 30_000,
  cooldownPeriodMs: 300_000,
  minReplicaCount: 0,
  maxReplicaCount: 100,
  hpaSyncIntervalMs: 15_000,
} as const satisfies Partial<ScaledObject>;
