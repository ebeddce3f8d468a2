import { z } from 'zod';
import type { EpochMs } from '../../../domain/clock.ts';
import { parseLabelSelector } from '../../../domain/label-selector.ts';
import type { LabelSelector } from '../../../domain/label-selector.ts';
import { labelSelectorObject } from './label-selector.ts';

/** What a ScaledObject scales, whatever its kind. */
export interface ScaleTarget {
  /** Replicas asked for last. */
  readonly replicas: number;
  /** Undefined where the target names no selector, as a custom resource without `labelSelectorPath` does. */
  readonly selector: LabelSelector | undefined;
  readonly rollout: Rollout;
}

/** Whether a new revision is on its way; `untold` where the target does not say, and its pods have to. */
export type Rollout =
  | { readonly state: 'none' | 'untold' }
  /** `progressedAtMs`: when it last got on, where that is known. */
  | { readonly state: 'under way'; readonly progressedAtMs?: EpochMs };

const count = z.number().int().nonnegative();
const condition = z.object({ type: z.string(), lastUpdateTime: z.string().optional() });
const deploymentObject = z.object({
  spec: z.object({
    replicas: count.default(1),
    selector: labelSelectorObject,
    paused: z.boolean().default(false),
    strategy: z.object({ type: z.string().optional() }).default({}),
  }),
  status: z
    .object({
      replicas: count.default(0),
      updatedReplicas: count.default(0),
      conditions: z.array(condition).default([]),
    })
    .default({ replicas: 0, updatedReplicas: 0, conditions: [] }),
});
const statefulSetObject = z.object({
  spec: z.object({
    replicas: count.default(1),
    selector: labelSelectorObject,
    updateStrategy: z
      .object({
        type: z.string().default('RollingUpdate'),
        rollingUpdate: z.object({ partition: count.default(0) }).default({ partition: 0 }),
      })
      .prefault({}),
  }),
  status: z
    .object({
      currentRevision: z.string().default(''),
      updateRevision: z.string().default(''),
      updatedReplicas: count.default(0),
    })
    .prefault({}),
});
/** The API leaves `replicas` out where it is 0, but only in a Scale that has a spec does that say so. */
const scaleObject = z.object({
  kind: z.literal('Scale'),
  spec: z.object({ replicas: count.default(0) }),
  status: z.object({ selector: z.string().default('') }).default({ selector: '' }),
});

/** Reads an apps/v1 Deployment; undefined when it is none. */
export function readDeployment(object: unknown): ScaleTarget | undefined {
  const { success, data } = deploymentObject.safeParse(object);
  if (!success) return undefined;
  const { replicas, selector } = data.spec;
  if (!isRollingOut(data)) return { replicas, selector, rollout: { state: 'none' } };
  const progress = data.status.conditions.find(({ type }) => type === 'Progressing')?.lastUpdateTime;
  const progressedAtMs = progress === undefined ? NaN : Date.parse(progress);
  const since = Number.isNaN(progressedAtMs) ? {} : { progressedAtMs };
  return { replicas, selector, rollout: { state: 'under way', ...since } };
}

/** Reads an apps/v1 StatefulSet; undefined when it is none. */
export function readStatefulSet(object: unknown): ScaleTarget | undefined {
  const { success, data } = statefulSetObject.safeParse(object);
  if (!success) return undefined;
  const { replicas, selector } = data.spec;
  return { replicas, selector, rollout: { state: isUpdating(data) ? 'under way' : 'none' } };
}

/** Reads an autoscaling/v1 Scale, the scale subresource of any kind; undefined when it is none. */
export function readScale(object: unknown): ScaleTarget | undefined {
  const { success, data } = scaleObject.safeParse(object);
  if (!success) return undefined;
  const selector = parseLabelSelector(data.status.selector);
  const isUsable = typeof selector !== 'string' && selector.length > 0;
  return { replicas: data.spec.replicas, selector: isUsable ? selector : undefined, rollout: { state: 'untold' } };
}

/**
 * Pods of an old revision are still there. Scaling does not look like that: it counts all its pods as updated. A paused
 * Deployment may stay mixed for days on purpose. Recreate ends every old pod before it makes a new one.
 */
function isRollingOut({ spec, status }: z.infer<typeof deploymentObject>): boolean {
  if (spec.paused) return false;
  const wanted = spec.strategy.type === 'Recreate' ? spec.replicas : status.replicas;
  return status.updatedReplicas < wanted;
}

/** Pods below the partition keep the old revision on purpose, and with OnDelete all do until somebody deletes them. */
function isUpdating({ spec, status }: z.infer<typeof statefulSetObject>): boolean {
  const { type, rollingUpdate } = spec.updateStrategy;
  if (type !== 'RollingUpdate' || status.updateRevision === status.currentRevision) return false;
  return status.updatedReplicas < spec.replicas - rollingUpdate.partition;
}
