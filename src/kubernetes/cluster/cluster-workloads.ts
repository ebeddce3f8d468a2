import type { Clock } from '../../domain/clock.ts';
import { cutText } from '../../domain/cut-text.ts';
import { refKey } from '../../domain/workload.ts';
import type { ScaledObjectRef, WorkloadReading } from '../../domain/workload.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { DeletionCosts } from '../deletion-costs.ts';
import type { EventRecorder } from '../event-recorder.ts';
import type { WorkloadSource } from '../workload-source.ts';
import type { ApiAccess } from './api/api-access.ts';
import { clusterResources } from './cluster-resources.ts';
import type { ClusterResources } from './cluster-resources.ts';
import { kubeClient } from './api/kube-client.ts';
import type { KubeClient } from './api/kube-client.ts';
import { isObjectName } from './records/object-name.ts';
import { TrackedWorkload } from './tracked-workload.ts';
import { ClusterDeletionCosts } from './writes/deletion-costs.ts';
import { ClusterEvents } from './writes/events.ts';

interface ClusterSetting {
  readonly api: ApiAccess;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Workloads, and where events on their ScaledObjects and the deletion costs of their pods go. */
export interface ClusterSource extends WorkloadSource {
  readonly events: EventRecorder;
  readonly deletionCosts: DeletionCosts;
}

/**
 * Workloads as a Kubernetes API server tells them: ScaledObject, scale target, pods by the target's selector, kept up to
 * date by watches that are shared within a namespace and opened when its first ScaledObject is watched. While the API
 * server can't be heard, the last known workload stands for 5 minutes.
 */
export function clusterWorkloads({ api, clock, logger }: ClusterSetting): ClusterSource {
  const client = kubeClient(api, clock);
  return new ClusterWorkloads(client, clusterResources({ client, clock, logger }));
}

class ClusterWorkloads implements ClusterSource {
  readonly events: EventRecorder;
  readonly deletionCosts: DeletionCosts;
  readonly #client: KubeClient;
  readonly #resources: ClusterResources;
  readonly #tracked = new Map<string, TrackedWorkload>();
  readonly #listeners = new Set<(ref: ScaledObjectRef) => void>();

  constructor(client: KubeClient, resources: ClusterResources) {
    this.#client = client;
    this.#resources = resources;
    this.events = new ClusterEvents(resources.surroundings, resources.writes);
    this.deletionCosts = new ClusterDeletionCosts(resources.surroundings, resources.writes);
  }

  watch(ref: ScaledObjectRef, podSelector?: string): void {
    if (!isObjectName(ref.namespace) || !isObjectName(ref.name)) return;
    const before = this.#tracked.get(refKey(ref));
    if (before && before.podSelector === podSelector) return;
    const tracked = new TrackedWorkload(this.#resources, ref, podSelector, (changed) => {
      for (const listener of this.#listeners) listener(changed);
    });
    this.#tracked.set(refKey(ref), tracked);
    // Only now, so that what both look at is not given up and fetched again.
    before?.stop();
  }

  forget(ref: ScaledObjectRef): void {
    this.#tracked.get(refKey(ref))?.stop();
    this.#tracked.delete(refKey(ref));
  }

  lookup(ref: ScaledObjectRef): WorkloadReading {
    return this.#tracked.get(refKey(ref))?.reading() ?? unwatched(ref);
  }

  onChange(listener: (ref: ScaledObjectRef) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    for (const tracked of this.#tracked.values()) tracked.stop();
    this.#tracked.clear();
    this.#listeners.clear();
    this.#resources.writes.close();
    this.#client.close();
    return Promise.resolve();
  }
}

function unwatched(ref: ScaledObjectRef): WorkloadReading {
  return { state: 'unknown', reason: `nobody watches ScaledObject ${cutText(refKey(ref), 80)}` };
}
