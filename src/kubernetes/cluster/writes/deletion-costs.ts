import { z } from 'zod';
import type { EpochMs } from '../../../domain/clock.ts';
import type { DeletionCosts } from '../../deletion-costs.ts';
import type { Surroundings } from '../api/collection.ts';
import { KubeError } from '../api/kube-error.ts';
import { costAnnotations, costPatch, markedAtMs, readDeletionCost } from '../records/deletion-cost.ts';
import { isObjectName } from '../records/object-name.ts';
import type { Writes } from './writes.ts';

/**
 * A pod is written to no more often, by however many replicas of the scaler: each write of a pod is news to all who watch
 * pods, and Kubernetes warns of costs that follow a metric.
 */
const againAfterMs = 30_000;

const pod = z.object({ metadata: z.object({ resourceVersion: z.string(), annotations: costAnnotations }) });
type PodAsItIs = z.infer<typeof pod>['metadata'];

/** Deletion costs as annotations of the pods. */
export class ClusterDeletionCosts implements DeletionCosts {
  readonly #surroundings: Surroundings;
  readonly #writes: Writes;
  /** When each pod was last asked for, oldest first. */
  readonly #askedAtMs = new Map<string, EpochMs>();

  constructor(surroundings: Surroundings, writes: Writes) {
    this.#surroundings = surroundings;
    this.#writes = writes;
  }

  set({ namespace, name }: { namespace: string; name: string }, cost: number | undefined): void {
    if (!isObjectName(namespace) || !isObjectName(name) || !this.#admits(`${namespace}/${name}`)) return;
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    const send = (): Promise<void> => this.#send(path, cost).catch(unlessOvertaken);
    this.#writes.put({ kind: 'deletion costs of pods', key: `deletion cost ${namespace}/${name}`, send });
  }

  /** Whether it is long enough since the pod was asked for last; a clock that was set back is no reason to wait for it. */
  #admits(pod: string): boolean {
    const nowMs = this.#surroundings.clock.nowMs();
    for (const [asked, atMs] of this.#askedAtMs) {
      if (isRecent(atMs, nowMs)) break;
      this.#askedAtMs.delete(asked);
    }
    if (isRecent(this.#askedAtMs.get(pod), nowMs)) return false;
    this.#askedAtMs.delete(pod);
    this.#askedAtMs.set(pod, nowMs);
    return true;
  }

  /** Looks at the pod before it writes, and writes only if nobody else has since. */
  async #send(path: string, cost: number | undefined): Promise<void> {
    const { client, clock } = this.#surroundings;
    const { data } = pod.safeParse(await client.get(path));
    if (!data || !isToChange(data.metadata, cost, clock.nowMs())) return;
    const { resourceVersion } = data.metadata;
    await client.patch(path, { metadata: { resourceVersion, annotations: costPatch(cost, clock.nowMs()) } });
  }
}

function isToChange({ annotations }: PodAsItIs, cost: number | undefined, nowMs: EpochMs): boolean {
  const present = readDeletionCost(annotations);
  if (present?.cost === cost || present?.setBy === 'others') return false;
  return !present || !isRecent(markedAtMs(annotations), nowMs);
}

/** The clocks of two replicas of the scaler may differ a little, either way. */
function isRecent(atMs: EpochMs | undefined, nowMs: EpochMs): boolean {
  return atMs !== undefined && Math.abs(nowMs - atMs) < againAfterMs;
}

/** The pod is gone, or somebody changed it at this moment: what is still wanted is asked for again. */
function unlessOvertaken(error: unknown): void {
  const isOvertaken = error instanceof KubeError && (error.status === 404 || error.status === 409);
  if (!isOvertaken) throw error;
}
