import type { Cancel } from '../../../domain/clock.ts';
import { refKey } from '../../../domain/workload.ts';
import type { ScaledObjectRef } from '../../../domain/workload.ts';
import type { Surroundings } from '../api/collection.ts';
import { scaledObjectPath } from '../records/scaled-object.ts';
import type { Writes } from '../writes/writes.ts';
import { startupAnnotation } from './annotation.ts';

/** What is learned within this is written together, and not more often. */
const writeEveryMs = 60_000;

/** Keeps what was learned of one workload in an annotation of its ScaledObject, so that it outlives the scaler. */
export class StartupKeeper {
  readonly #ref: ScaledObjectRef;
  readonly #surroundings: Surroundings;
  readonly #writes: Writes;
  #wanted: string | undefined;
  #present: string | undefined;
  #cancel: Cancel | undefined;

  constructor(ref: ScaledObjectRef, surroundings: Surroundings, writes: Writes) {
    this.#ref = ref;
    this.#surroundings = surroundings;
    this.#writes = writes;
  }

  /** @param present the annotation as it is now */
  keep(wanted: string | undefined, present: string | undefined): void {
    this.#wanted = wanted;
    this.#present = present;
    if (wanted === undefined || wanted === present) return;
    this.#cancel ??= this.#surroundings.clock.after(writeEveryMs, () => this.#write());
  }

  stop(): void {
    this.#cancel?.();
  }

  /** Replicas of the scaler that write at the same time write the same, or soon learn what the other wrote. */
  #write(): void {
    this.#cancel = undefined;
    const { client } = this.#surroundings;
    const annotations = { [startupAnnotation]: this.#wanted };
    if (this.#wanted === this.#present) return;
    this.#writes.put({
      kind: 'start-up times in annotations of ScaledObjects',
      key: `startup ${refKey(this.#ref)}`,
      send: () => client.patch(scaledObjectPath(this.#ref), { metadata: { annotations } }),
    });
  }
}
