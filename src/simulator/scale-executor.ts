import type { EpochMs } from '../domain/clock.ts';
import { formatDuration } from '../domain/duration.ts';
import { kedaDefaults } from './scaled-object.ts';
import type { ScaledObject } from './scaled-object.ts';

export type Activity = 'active' | 'inactive' | 'error';

interface Standing {
  readonly nowMs: EpochMs;
  readonly replicas: number;
  /** When the trigger was last seen active; undefined where it never was. */
  readonly lastActiveMs: EpochMs | undefined;
}

interface ScaleStep {
  /** Absent where the replicas are left as they are. */
  readonly scaleTo?: number;
  /** Whether the cooldown starts over from now. */
  readonly refreshes: boolean;
  readonly why: string;
}

/**
 * What KEDA's scale executor does at the end of a poll, and for each `true` that is pushed: 0 to 1 and N to 0. All
 * between is the HPA's (pkg/scaling/executor/scale_scaledobjects.go; no fallback, no pausing).
 */
export function requestScale(scaledObject: ScaledObject, activity: Activity, standing: Standing): ScaleStep {
  if (activity === 'error') return { refreshes: false, why: 'trigger error: no action' };
  return activity === 'active' ? whenActive(scaledObject, standing) : whenInactive(scaledObject, standing);
}

function whenActive(scaledObject: ScaledObject, { replicas }: Standing): ScaleStep {
  const { idleReplicaCount, minReplicaCount = kedaDefaults.minReplicaCount } = scaledObject;
  const isIdle = idleReplicaCount !== undefined && replicas < minReplicaCount;
  if (replicas > 0 && !isIdle) return { refreshes: true, why: 'trigger is active' };
  return { scaleTo: Math.max(1, minReplicaCount), refreshes: true, why: 'trigger is active' };
}

function whenInactive(scaledObject: ScaledObject, standing: Standing): ScaleStep {
  const { idleReplicaCount, minReplicaCount = kedaDefaults.minReplicaCount } = scaledObject;
  const rest = idleReplicaCount ?? minReplicaCount;
  const mayRest = idleReplicaCount !== undefined || minReplicaCount === 0;
  if (mayRest && standing.replicas > rest) return coolDown(scaledObject, standing, rest);
  if (idleReplicaCount === undefined && standing.replicas < minReplicaCount) {
    return { scaleTo: minReplicaCount, refreshes: false, why: 'below minReplicaCount' };
  }
  return { refreshes: false, why: 'trigger is inactive' };
}

/** A workload whose trigger was never active has no cooldown to wait for. */
function coolDown(scaledObject: ScaledObject, { nowMs, lastActiveMs }: Standing, rest: number): ScaleStep {
  const { cooldownPeriodMs = kedaDefaults.cooldownPeriodMs } = scaledObject;
  if (lastActiveMs === undefined) return { scaleTo: rest, refreshes: false, why: 'trigger was never active' };
  const inactiveMs = nowMs - lastActiveMs;
  const inactiveFor = `trigger inactive for ${formatDuration(inactiveMs)}`;
  if (inactiveMs > cooldownPeriodMs) return { scaleTo: rest, refreshes: false, why: inactiveFor };
  return { refreshes: false, why: `${inactiveFor}, cooling down for ${formatDuration(cooldownPeriodMs)}` };
}
