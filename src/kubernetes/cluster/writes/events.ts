import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { EpochMs } from '../../../domain/clock.ts';
import { cutText } from '../../../domain/cut-text.ts';
import { isoSecond } from '../../../domain/iso-second.ts';
import type { ScaledObjectRef } from '../../../domain/workload.ts';
import type { EventRecorder, ScaledObjectEvent } from '../../event-recorder.ts';
import type { Surroundings } from '../api/collection.ts';
import { KubeError } from '../api/kube-error.ts';
import { isObjectName } from '../records/object-name.ts';
import { scaledObjectPath } from '../records/scaled-object.ts';
import type { Writes } from './writes.ts';

/** An event that was told within this is the same: another replica of the scaler saw what we saw. */
const sameWithinMs = 30_000;
/** The API server takes 1,024. */
const longestMessage = 1_000;
const longestNameStart = 200;
const component = 'pilotlight-scaler';

const knownEvent = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  count: z.number().int().nonnegative().catch(1),
  lastTimestamp: z
    .string()
    .transform((text): EpochMs => Date.parse(text))
    .catch(0),
});
const identified = z.object({ metadata: z.object({ uid: z.string() }) });

/**
 * Events of the core API on ScaledObjects. One ScaledObject has one event for each reason, of a name that every replica
 * of the scaler works out alike; told again it is counted, by whoever is first: the resource version sees to that.
 */
export class ClusterEvents implements EventRecorder {
  readonly #surroundings: Surroundings;
  readonly #writes: Writes;

  constructor(surroundings: Surroundings, writes: Writes) {
    this.#surroundings = surroundings;
    this.#writes = writes;
  }

  record(ref: ScaledObjectRef, event: ScaledObjectEvent): void {
    if (!isObjectName(ref.namespace) || !isObjectName(ref.name)) return;
    const name = eventName(ref, event);
    const send = (): Promise<void> => this.#send(ref, name, event);
    this.#writes.put({ kind: 'events on ScaledObjects', key: `event ${ref.namespace}/${name}`, send });
  }

  async #send(ref: ScaledObjectRef, name: string, event: ScaledObjectEvent): Promise<void> {
    const { client } = this.#surroundings;
    const path = `/api/v1/namespaces/${ref.namespace}/events`;
    const object = this.#object(ref, name, event, await this.#uidOf(ref));
    try {
      await client.create(path, object);
    } catch (error) {
      if (!isConflict(error)) throw error;
      await this.#tellAgain(`${path}/${name}`, event);
    }
  }

  async #tellAgain(path: string, { type, message }: ScaledObjectEvent): Promise<void> {
    const { client, clock } = this.#surroundings;
    const { data: known } = knownEvent.safeParse(await client.get(path));
    if (!known || clock.nowMs() - known.lastTimestamp < sameWithinMs) return;
    const { resourceVersion } = known.metadata;
    const said = { type, message: cutText(message, longestMessage), lastTimestamp: isoSecond(clock.nowMs()) };
    try {
      await client.patch(path, { metadata: { resourceVersion }, ...said, count: known.count + 1 });
    } catch (error) {
      // Another replica of the scaler was first.
      if (!isConflict(error)) throw error;
    }
  }

  #object(ref: ScaledObjectRef, name: string, { type, reason, message }: ScaledObjectEvent, uid?: string): object {
    const { namespace, name: objectName } = ref;
    const nowText = isoSecond(this.#surroundings.clock.nowMs());
    const involved = { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', namespace, name: objectName };
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: { ...involved, ...(uid !== undefined && { uid }) },
      ...{ type, reason, message: cutText(message, longestMessage) },
      ...{ firstTimestamp: nowText, lastTimestamp: nowText, count: 1 },
      ...{ source: { component }, reportingComponent: component },
    };
  }

  /** `kubectl describe` finds events by it; without the right to `get` they are only in `kubectl get events`. */
  async #uidOf(ref: ScaledObjectRef): Promise<string | undefined> {
    try {
      return identified.safeParse(await this.#surroundings.client.get(scaledObjectPath(ref))).data?.metadata.uid;
    } catch (error) {
      if (error instanceof KubeError) return undefined;
      throw error;
    }
  }
}

function eventName({ namespace, name }: ScaledObjectRef, { reason }: ScaledObjectEvent): string {
  const hash = createHash('sha256').update(`${namespace}/${name} ${reason}`).digest('hex').slice(0, 16);
  return `${name.slice(0, longestNameStart).replace(/[.-]+$/, '')}.${hash}`;
}

function isConflict(error: unknown): boolean {
  return error instanceof KubeError && error.status === 409;
}
