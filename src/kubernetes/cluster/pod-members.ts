import { isDeepStrictEqual } from 'node:util';
import { selectorMatches } from '../../domain/label-selector.ts';
import type { LabelSelector } from '../../domain/label-selector.ts';
import type { Observation } from './observation.ts';
import type { PodRecord } from './pod-record.ts';
import type { Lease, SharedCollections } from './shared-collections.ts';

/** The pods of a namespace that a selector picks, kept up to date pod by pod. */
export class PodMembers {
  readonly #lease: Lease<PodRecord>;
  readonly #onChange: (isMembership: boolean) => void;
  readonly #members = new Map<string, PodRecord>();
  #selector: LabelSelector | undefined;

  /** @param onChange told of each change; `isMembership` when a pod came or went */
  constructor(pods: SharedCollections<PodRecord>, namespace: string, onChange: (isMembership: boolean) => void) {
    this.#onChange = onChange;
    this.#lease = pods.lease(namespace, (name) => {
      if (name === undefined) onChange(false);
      else this.#update(name);
    });
  }

  /** Picks by this selector from now on. Looks through the namespace only when it is another one than before. */
  select(selector: LabelSelector): void {
    if (isDeepStrictEqual(this.#selector, selector)) return;
    this.#selector = selector;
    this.#members.clear();
    for (const [name, record] of this.#lease.collection.entries()) {
      if (selectorMatches(selector, record.labels)) this.#members.set(name, record);
    }
  }

  records(): PodRecord[] {
    return [...this.#members.values()];
  }

  health(): Observation<undefined> {
    return this.#lease.collection.health();
  }

  release(): void {
    this.#lease.release();
  }

  #update(name: string): void {
    if (!this.#selector) return;
    const record = this.#lease.collection.get(name);
    const isMember = record !== undefined && selectorMatches(this.#selector, record.labels);
    const wasMember = this.#members.has(name);
    if (isMember) this.#members.set(name, record);
    else this.#members.delete(name);
    if (isMember || wasMember) this.#onChange(isMember !== wasMember);
  }
}
