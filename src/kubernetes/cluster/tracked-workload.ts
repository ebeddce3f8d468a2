import { isDeepStrictEqual } from 'node:util';
import { formatDuration } from '../../domain/duration.ts';
import type { Startup } from '../../domain/startup.ts';
import { refKey } from '../../domain/workload.ts';
import type { HpaFacts, Pod, ScaledObjectRef, Workload, WorkloadReading } from '../../domain/workload.ts';
import type { ClusterResources } from './cluster-resources.ts';
import { composeWorkload, podSelectorOf, targetLabel } from './compose-workload.ts';
import { PodMembers } from './pod-members.ts';
import type { Observation } from './api/observation.ts';
import type { ScaledObjectRecord } from './records/scaled-object.ts';
import type { Lease } from './api/shared-collections.ts';
import { StartupKeeper } from './startup/keeper.ts';
import { StartupLearner } from './startup/learner.ts';
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
  readonly #hpa: Lease<HpaFacts>;
  readonly #learner = new StartupLearner();
  readonly #keeper: StartupKeeper;
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
    this.#keeper = new StartupKeeper(ref, resources.surroundings, resources.writes);
    this.#view = unknown(`the Kubernetes API has not told of ScaledObject ${refKey(ref)} yet`);
    this.#scaledObject = resources.scaledObjects.lease(ref.namespace, () => this.#touch());
    this.#scaledObject.follow([ref.name]);
    this.#hpa = resources.hpas.lease(ref.namespace, () => this.#touch());
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
    this.#hpa.release();
    this.#keeper.stop();
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
    const label = targetLabel(record);
    if (target.state !== 'present') return unseen(`the scale target ${label}`, target);
    const selector = podSelectorOf(target.value, label, this.podSelector);
    if (typeof selector === 'string') return unknown(selector);
    this.#members.select(selector);
    const pods = this.#members.health();
    if (pods.state !== 'present') return unseen(`the pods of ${label}`, pods);
    // An HPA that is not there, or may not be read, is no reason to know nothing of the workload.
    const hpa = this.#hpa.collection.get(record.hpaName);
    const known = { ref: this.#ref, scaledObject: record, target: target.value, pods: this.#members.pods(), hpa };
    const startup = this.#learn(record.startupText, known.pods);
    return { state: 'known', workload: composeWorkload({ ...known, startup }) };
  }

  #learn(annotation: string | undefined, pods: readonly Pod[]): Startup | undefined {
    this.#learner.adopt(annotation);
    this.#learner.note(pods);
    this.#keeper.keep(this.#learner.annotation, annotation);
    return this.#learner.startup;
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
    if (before?.hpaName !== record.hpaName) this.#hpa.follow([record.hpaName]);
    const isSame =
      before?.apiVersion === record.apiVersion && before.kind === record.kind && before.name === record.name;
    if (this.#target && isSame) return this.#target;
    this.#target?.stop();
    this.#target = viewTarget(this.#resources, this.#ref.namespace, record, () => this.#touch());
    return this.#target;
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
