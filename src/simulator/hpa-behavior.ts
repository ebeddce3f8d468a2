import type { EpochMs } from '../domain/clock.ts';

interface ScalingPolicy {
  readonly type: 'Pods' | 'Percent';
  readonly value: number;
  readonly periodSeconds: number;
}

/** Rules of one direction; Kubernetes fills in what is absent. */
interface ScalingRules {
  readonly stabilizationWindowSeconds?: number;
  /** `Max` takes the policy that allows the greatest change, `Min` the one that allows the smallest. */
  readonly selectPolicy?: 'Max' | 'Min' | 'Disabled';
  readonly policies?: readonly ScalingPolicy[];
  /** Ratio, of Kubernetes 1.33 and later; the cluster's where absent. */
  readonly tolerance?: number;
}

/** `spec.behavior` of an HPA, which a ScaledObject names under `advanced.horizontalPodAutoscalerConfig`. */
export interface HpaBehavior {
  readonly scaleUp?: ScalingRules;
  readonly scaleDown?: ScalingRules;
}

interface Stamped {
  readonly atMs: EpochMs;
  readonly replicas: number;
}

/** What the HPA controller remembers between syncs: what the metric asked for, and what was added and removed. */
export interface HpaState {
  readonly recommendations: readonly Stamped[];
  readonly added: readonly Stamped[];
  readonly removed: readonly Stamped[];
}

export const freshHpa: HpaState = { recommendations: [], added: [], removed: [] };

/** `--horizontal-pod-autoscaler-downscale-stabilization` and the default of `scaleDown.stabilizationWindowSeconds`. */
const downscaleStabilizationSeconds = 300;

/** The longest that Kubernetes allows for a stabilization window; policies look back half an hour at most. */
const longestMemorySeconds = 3_600;

/** What Kubernetes fills in for what a behavior does not say. */
const defaults = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Pods', value: 4, periodSeconds: 15 },
      { type: 'Percent', value: 100, periodSeconds: 15 },
    ],
  },
  scaleDown: {
    stabilizationWindowSeconds: downscaleStabilizationSeconds,
    selectPolicy: 'Max',
    policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
  },
} as const satisfies HpaBehavior;

type FilledRules = ScalingRules & Required<Omit<ScalingRules, 'tolerance'>>;

interface Step {
  readonly nowMs: EpochMs;
  readonly state: HpaState;
  readonly replicas: number;
  /** What the metric asks for. */
  readonly wanted: number;
}

interface StepLimits {
  readonly stabilized: number;
  readonly atMost: number;
  readonly atLeast: number;
}

/**
 * What stabilization and rate limits make of the replicas that the metric asks for, as kube-controller-manager has it
 * (pkg/controller/podautoscaler/horizontal.go). Without any behavior it is not the documented default policies that
 * apply, but an older rule: at most double, or 4, and the highest recommendation of the last 5 minutes.
 */
export function limitStep(behavior: HpaBehavior | undefined, step: Step): StepLimits {
  if (!behavior) {
    return { stabilized: highestRecent(step), atMost: Math.max(2 * step.replicas, 4), atLeast: 0 };
  }
  const up = { ...defaults.scaleUp, ...behavior.scaleUp };
  const down = { ...defaults.scaleDown, ...behavior.scaleDown };
  return { stabilized: stabilize(up, down, step), atMost: upLimit(up, step), atLeast: downLimit(down, step) };
}

/** Remembers a recommendation, and the change that was made of it; forgets what no window reaches back to. */
export function remember(state: HpaState, nowMs: EpochMs, recommended: number | undefined, change: number): HpaState {
  const keep = (stamped: readonly Stamped[], replicas: number | undefined): Stamped[] => [
    ...within(stamped, longestMemorySeconds, nowMs),
    ...(replicas === undefined ? [] : [{ atMs: nowMs, replicas }]),
  ];
  return {
    recommendations: keep(state.recommendations, recommended),
    added: keep(state.added, change > 0 ? change : undefined),
    removed: keep(state.removed, change < 0 ? -change : undefined),
  };
}

/** The older rule has one window, and counts what is exactly as old as that. */
function highestRecent({ nowMs, state, wanted }: Step): number {
  const oldestMs = nowMs - downscaleStabilizationSeconds * 1_000;
  const recent = state.recommendations.filter(({ atMs }) => atMs >= oldestMs);
  return Math.max(wanted, ...recent.map(({ replicas }) => replicas));
}

/** Up to the lowest of the recent recommendations, down to the highest; between the two, as it is. */
function stabilize(up: FilledRules, down: FilledRules, { nowMs, state, replicas, wanted }: Step): number {
  const recent = (seconds: number): number[] =>
    within(state.recommendations, seconds, nowMs).map((recommendation) => recommendation.replicas);
  const lowest = Math.min(wanted, ...recent(up.stabilizationWindowSeconds));
  const highest = Math.max(wanted, ...recent(down.stabilizationWindowSeconds));
  return Math.min(Math.max(replicas, lowest), highest);
}

function upLimit({ selectPolicy, policies }: FilledRules, step: Step): number {
  if (selectPolicy === 'Disabled') return step.replicas;
  const proposals = policies.map(({ type, value, periodSeconds }) => {
    const start = replicasAtStart(step, periodSeconds);
    return type === 'Pods' ? start + value : Math.ceil(start * (1 + value / 100));
  });
  const limit = selectPolicy === 'Min' ? Math.min(...proposals) : Math.max(...proposals);
  return Math.max(limit, step.replicas);
}

function downLimit({ selectPolicy, policies }: FilledRules, step: Step): number {
  if (selectPolicy === 'Disabled') return step.replicas;
  const proposals = policies.map(({ type, value, periodSeconds }) => {
    const start = replicasAtStart(step, periodSeconds);
    return type === 'Pods' ? start - value : Math.trunc(start * (1 - value / 100));
  });
  const limit = selectPolicy === 'Min' ? Math.max(...proposals) : Math.min(...proposals);
  return Math.min(limit, step.replicas);
}

function replicasAtStart({ state, replicas, nowMs }: Step, periodSeconds: number): number {
  return replicas - sum(within(state.added, periodSeconds, nowMs)) + sum(within(state.removed, periodSeconds, nowMs));
}

function within(stamped: readonly Stamped[], seconds: number, nowMs: EpochMs): Stamped[] {
  return stamped.filter(({ atMs }) => atMs > nowMs - seconds * 1_000);
}

function sum(stamped: readonly Stamped[]): number {
  return stamped.reduce((total, { replicas }) => total + replicas, 0);
}
