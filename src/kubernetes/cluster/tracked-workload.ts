import { isDeepStrictEqual } from 'node:util';
import { formatDuration } from '../../domain/duration.ts';
import { parseLabelSelector } from '../../domain/label-selector.ts';
import type { LabelSelector } from '../../domain/label-selector.ts';
import { refKey } from '../../domain/workload.ts';
import type { ScaledObjectRef, Workload, WorkloadReading } from '../../domain/workload.ts';
import type { ClusterResources } from './cluster-resources.ts';
import { PodMembers } from './pod-members.ts';
import type { Observation } from './observation.ts';
import { rolloutStart } from './rollout.ts';
import type { ScaleTarget } from './scale-target.ts';
import type { ScaledObjectRecord } from './scaled-object.ts';
import type { Lease } from './shared-collections.ts';
import { viewTarget } from './target-view.ts';
import type { TargetView } from './target-view.ts';

/** How long what was seen last is good enough to act on, when the API server is not heard. */
const maxAgeMs = 300_000;

type View =
  { readonly state: 'known'; readonly workload: Workload } | { readonly state: 'unknown'; readonly reason: string };

/** One ScaledObject's workload, put together from the ScaledObject, what it scales, and the pods of that. */
export class TrackedWorkload {
  readonly podSelector: string | undefined;
  readonly #ref: ScaledObjectRef;
  readonly #resources: ClusterResources;
  readonly #onChange: (ref: ScaledObjectRef) => void;
  readonly #scaledObject: Lease<ScaledObjectRecord>;
  readonly #members: PodMembers;
  #record: ScaledObjectRecord | undefined;
  #target: TargetView | undefined;
  #view: View;
  #isTouched = false;
  #isStopped = false;

  constructor(
    resources: ClusterResources,
    ref: ScaledObjectRef,
    podSelector: string | undefined,
    onChange: (ref: ScaledObjectRef) => void,
  ) {
    this.podSelector = podSelector;
    this.#ref = ref;
    this.#resources = resources;
    this.#onChange = onChange;
    this.#view = unknown(`the Kubernetes API has not told of ScaledObject ${refKey(ref)} yet`);
    this.#scaledObject = resources.scaledObjects.lease(ref.namespace, (name) => {
      if (name === undefined || name === ref.name) this.#touch();
    });
    this.#members = new PodMembers(resources.pods, ref.namespace, (isMembership) => {
      if (isMembership) this.#target?.hurry();
      this.#touch();
    });
    this.#touch();
  }

  /** The workload as last seen, unless that is too long ago. */
  reading(): WorkloadReading {
    if (this.#view.state === 'unknown') return this.#view;
    const parts = [this.#observeScaledObject(), this.#target?.observe(), this.#members.health()];
    let oldest: Observation<unknown> | undefined;
    let observedAtMs = Infinity;
    for (const part of parts) {
      if (!part || part.state === 'unheard' || part.heardAtMs >= observedAtMs) continue;
      oldest = part;
      observedAtMs = part.heardAtMs;
    }
    const ageMs = this.#resources.surroundings.clock.nowMs() - observedAtMs;
    if (ageMs <= maxAgeMs) return { ...this.#view, observedAtMs };
    return unknown(`the Kubernetes API was last heard ${formatDuration(ageMs)} ago${because(oldest?.failure)}`);
  }

  stop(): void {
    this.#isStopped = true;
    this.#scaledObject.release();
    this.#members.release();
    this.#target?.stop();
  }

  /** A list tells of many objects in one go; they are looked at together, once all are in. */
  #touch(): void {
    if (this.#isTouched) return;
    this.#isTouched = true;
    queueMicrotask(() => {
      this.#isTouched = false;
      if (!this.#isStopped) this.#refresh();
    });
  }

  #refresh(): void {
    const before = this.#view;
    this.#view = this.#compose();
    if (!isDeepStrictEqual(before, this.#view)) this.#onChange(this.#ref);
  }

  #compose(): View {
    const scaledObject = this.#observeScaledObject();
    if (scaledObject.state !== 'present') return unseen(`ScaledObject ${refKey(this.#ref)}`, scaledObject);
    const record = scaledObject.value;
    const target = this.#follow(record).observe();
    const label = `${record.kind}/${record.name}`;
    if (target.state !== 'present') return unseen(`the scale target ${label}`, target);
    const selector = this.#selectorFor(target.value, label);
    if (typeof selector === 'string') return unknown(selector);
    this.#members.select(selector);
    const pods = this.#members.health();
    if (pods.state !== 'present') return unseen(`the pods of ${label}`, pods);
    return { state: 'known', workload: this.#workload(record, target.value) };
  }

  #observeScaledObject(): Observation<ScaledObjectRecord> {
    const { name } = this.#ref;
    return this.#scaledObject.collection.observe(
      name,
      `ScaledObject ${refKey(this.#ref)} not found, or its scaleTargetRef can't be read`,
    );
  }

  /** The view of what the ScaledObject scales; a new one when that has changed. */
  #follow(record: ScaledObjectRecord): TargetView {
    const before = this.#record;
    this.#record = record;
    const isSame =
      before?.apiVersion === record.apiVersion && before.kind === record.kind && before.name === record.name;
    if (this.#target && isSame) return this.#target;
    this.#target?.stop();
    this.#target = viewTarget(this.#resources, this.#ref.namespace, record, () => this.#touch());
    return this.#target;
  }

  #selectorFor(target: ScaleTarget, label: string): LabelSelector | string {
    if (this.podSelector === undefined) {
      return (
        target.selector ?? `the scale subresource of ${label} names no label selector; set podSelector in the trigger`
      );
    }
    const selector = parseLabelSelector(this.podSelector);
    return typeof selector === 'string' ? `podSelector: ${selector}` : selector;
  }

  #workload(record: ScaledObjectRecord, target: ScaleTarget): Workload {
    const { minReplicas, maxReplicas, override } = record;
    const records = this.#members.records();
    const rolloutSinceMs = target.rollout && (rolloutStart(records) ?? target.rollout.progressedAtMs);
    return {
      ref: this.#ref,
      target: `${record.kind}/${record.name}`,
      replicas: target.replicas,
      ...(minReplicas !== undefined && { minReplicas }),
      ...(maxReplicas !== undefined && { maxReplicas }),
      pods: records.map(({ pod }) => pod),
      ...(rolloutSinceMs !== undefined && { rolloutSinceMs }),
      ...(override && { override }),
    };
  }
}

function unseen(what: string, observation: Observation<unknown>): View {
  if (observation.state === 'missing') return unknown(observation.reason);
  return unknown(`the Kubernetes API has not told of ${what} yet${because(observation.failure)}`);
}

function unknown(reason: string): { readonly state: 'unknown'; readonly reason: string } {
  return { state: 'unknown', reason };
}

function because(failure: string | undefined): string {
  return failure === undefined ? '' : `: ${failure}`;
}
