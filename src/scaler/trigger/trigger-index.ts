import { refKey } from '../../domain/workload.ts';
import type { ScaledObjectRef } from '../../domain/workload.ts';

export type TriggerMetadata = Readonly<Record<string, string>>;

interface Entry<T> {
  readonly metadata: TriggerMetadata;
  readonly size: number;
  readonly value: T;
}

/**
 * Finds what belongs to one trigger. KEDA names a ScaledObject and sends the trigger's metadata, in any order, but not
 * which of its triggers it means; so two triggers are the same when their metadata are.
 */
export class TriggerIndex<T> {
  readonly #entries = new Map<string, Entry<T>[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  find(ref: ScaledObjectRef, metadata: TriggerMetadata): T | undefined {
    const entries = this.#entries.get(refKey(ref));
    if (!entries) return undefined;
    const size = Object.keys(metadata).length;
    return entries.find((entry) => entry.size === size && isSame(entry.metadata, metadata))?.value;
  }

  add(ref: ScaledObjectRef, metadata: TriggerMetadata, value: T): void {
    const entry = { metadata, size: Object.keys(metadata).length, value };
    const key = refKey(ref);
    const entries = this.#entries.get(key);
    if (entries) entries.push(entry);
    else this.#entries.set(key, [entry]);
    this.#size += 1;
  }

  remove(ref: ScaledObjectRef, value: T): void {
    const key = refKey(ref);
    const before = this.#entries.get(key) ?? [];
    const after = before.filter((entry) => entry.value !== value);
    if (after.length > 0) this.#entries.set(key, after);
    else this.#entries.delete(key);
    this.#size -= before.length - after.length;
  }

  /** All that belongs to one ScaledObject: one value for each of its triggers. */
  of(ref: ScaledObjectRef): readonly T[] {
    return (this.#entries.get(refKey(ref)) ?? []).map((entry) => entry.value);
  }

  /** The values, those of one ScaledObject together. */
  *groups(): Iterable<readonly T[]> {
    for (const entries of this.#entries.values()) yield entries.map((entry) => entry.value);
  }

  clear(): void {
    this.#entries.clear();
    this.#size = 0;
  }
}

/** Both have as many keys. */
function isSame(known: TriggerMetadata, asked: TriggerMetadata): boolean {
  for (const key in asked) if (known[key] !== asked[key]) return false;
  return true;
}
