import { parseLabelSelector } from '../../domain/label-selector.ts';
import type { LabelSelector } from '../../domain/label-selector.ts';
import type { EpochMs } from '../../domain/clock.ts';
import type { Startup } from '../../domain/startup.ts';
import type { HpaFacts, Pod, ScaledObjectRef, Workload } from '../../domain/workload.ts';
import { rolloutStart } from './records/revision.ts';
import type { Rollout, ScaleTarget } from './records/scale-target.ts';
import type { ScaledObjectRecord } from './records/scaled-object.ts';

/** What the API server says of one ScaledObject's workload. */
interface WorkloadParts {
  readonly ref: ScaledObjectRef;
  readonly scaledObject: ScaledObjectRecord;
  readonly target: ScaleTarget;
  readonly pods: readonly Pod[];
  readonly hpa: HpaFacts | undefined;
  readonly startup: Startup | undefined;
}

/** Puts a workload together from what the API server says of its parts. */
export function composeWorkload({ ref, scaledObject, target, pods, hpa, startup }: WorkloadParts): Workload {
  const { minReplicas, maxReplicas, override } = scaledObject;
  const rolloutSinceMs = rolloutSince(target.rollout, pods);
  return {
    ref,
    target: targetLabel(scaledObject),
    replicas: target.replicas,
    ...(minReplicas !== undefined && { minReplicas }),
    ...(maxReplicas !== undefined && { maxReplicas }),
    ...(hpa && { hpa }),
    pods,
    ...(rolloutSinceMs !== undefined && { rolloutSinceMs }),
    ...(override && { override }),
    ...(startup && { startup }),
  };
}

/** `Deployment/llama`. */
export function targetLabel({ kind, name }: ScaledObjectRecord): string {
  return `${kind}/${name}`;
}

/** What picks the pods: the trigger's `podSelector`, or the target's own selector; a text that says what is wrong with it. */
export function podSelectorOf(
  target: ScaleTarget,
  label: string,
  podSelector: string | undefined,
): LabelSelector | string {
  if (podSelector === undefined) {
    return (
      target.selector ?? `the scale subresource of ${label} names no label selector; set podSelector in the trigger`
    );
  }
  const selector = parseLabelSelector(podSelector);
  return typeof selector === 'string' ? `podSelector: ${selector}` : selector;
}

function rolloutSince(rollout: Rollout, pods: readonly Pod[]): EpochMs | undefined {
  if (rollout.state === 'none') return undefined;
  const startedAtMs = rolloutStart(pods);
  return rollout.state === 'under way' ? (startedAtMs ?? rollout.progressedAtMs) : startedAtMs;
}
