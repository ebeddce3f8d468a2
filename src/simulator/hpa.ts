import type { EpochMs } from '../domain/clock.ts';
import { limitStep, remember } from './hpa-behavior.ts';
import type { HpaBehavior, HpaState } from './hpa-behavior.ts';

/** A HorizontalPodAutoscaler with one External metric. */
export interface HpaSpec {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** `AverageValue`: the sum of the metric is divided by it; `Value`: the replicas are scaled by the ratio of the two. */
  readonly target: { readonly type: 'AverageValue' | 'Value'; readonly value: number };
  readonly behavior?: HpaBehavior;
}

interface HpaSync {
  readonly nowMs: EpochMs;
  /** `spec.replicas` of the scale subresource. */
  readonly replicas: number;
  /** Counts for a target of type `Value` only. */
  readonly readyReplicas: number;
  /** Values of the metric, which the HPA sums; undefined where it could not be read. */
  readonly values: readonly number[] | undefined;
}

/** The controller's own words, from its conditions and events. */
type HpaReason =
  | 'ScalingDisabled'
  | 'FailedGetExternalMetric'
  | 'TooManyReplicas'
  | 'TooFewReplicas'
  | 'ScaleUpLimit'
  | 'ScaleDownLimit'
  | 'DesiredWithinRange';

interface Desired {
  readonly replicas: number;
  readonly reason: HpaReason;
}

interface HpaOutcome extends Desired {
  /** To be handed to the next sync. */
  readonly state: HpaState;
}

/** `--horizontal-pod-autoscaler-tolerance` of kube-controller-manager. */
const defaultTolerance = 0.1;

/**
 * One sync of the HPA controller, as kube-controller-manager 1.33 and later does it
 * (pkg/controller/podautoscaler/horizontal.go and replica_calculator.go).
 */
export function syncHpa(spec: HpaSpec, state: HpaState, sync: HpaSync): HpaOutcome {
  const { replicas, nowMs } = sync;
  const bounds = outOfBounds(spec, replicas);
  if (bounds) return { ...bounds, state: remember(state, nowMs, undefined, bounds.replicas - replicas) };
  if (sync.values === undefined) return { replicas, reason: 'FailedGetExternalMetric', state };
  const wanted = replicasForMetric(spec, sync, sync.values);
  const limited = limit(spec, sync, state, wanted);
  return { ...limited, state: remember(state, nowMs, wanted, limited.replicas - replicas) };
}

/** Whether a sync at this number of replicas asks for the metric at all: not at zero, and not out of bounds. */
export function asksForMetric(spec: HpaSpec, replicas: number): boolean {
  return outOfBounds(spec, replicas) === undefined;
}

function outOfBounds({ minReplicas, maxReplicas }: HpaSpec, replicas: number): Desired | undefined {
  if (replicas === 0 && minReplicas > 0) return { replicas, reason: 'ScalingDisabled' };
  if (replicas > maxReplicas) return { replicas: maxReplicas, reason: 'TooManyReplicas' };
  return replicas < minReplicas ? { replicas: minReplicas, reason: 'TooFewReplicas' } : undefined;
}

/** Replicas that the metric asks for; as many as there are where the ratio to the target is within tolerance. */
function replicasForMetric(spec: HpaSpec, { replicas, readyReplicas }: HpaSync, values: readonly number[]): number {
  const total = values.reduce((sum, value) => sum + toMilli(value), 0);
  const target = toMilli(spec.target.value);
  const perReplica = spec.target.type === 'AverageValue';
  const ratio = perReplica ? total / (target * replicas) : total / target;
  if (replicas > 0 && isWithinTolerance(ratio, spec.behavior)) return replicas;
  return Math.ceil(perReplica ? total / target : ratio * (replicas > 0 ? readyReplicas : 1));
}

function isWithinTolerance(ratio: number, behavior: HpaBehavior | undefined): boolean {
  const down = behavior?.scaleDown?.tolerance ?? defaultTolerance;
  const up = behavior?.scaleUp?.tolerance ?? defaultTolerance;
  return 1 - down <= ratio && ratio <= 1 + up;
}

/** Quantities are compared in thousandths. */
function toMilli(value: number): number {
  return Math.ceil(Number((value * 1_000).toFixed(3)));
}

function limit(spec: HpaSpec, { replicas, nowMs }: HpaSync, state: HpaState, wanted: number): Desired {
  const { stabilized, atMost, atLeast } = limitStep(spec.behavior, { nowMs, state, replicas, wanted });
  const most = Math.min(spec.maxReplicas, atMost);
  if (stabilized > most)
    return { replicas: most, reason: atMost < spec.maxReplicas ? 'ScaleUpLimit' : 'TooManyReplicas' };
  const least = Math.max(spec.minReplicas, atLeast);
  if (stabilized < least)
    return { replicas: least, reason: atLeast > spec.minReplicas ? 'ScaleDownLimit' : 'TooFewReplicas' };
  return { replicas: stabilized, reason: 'DesiredWithinRange' };
}
