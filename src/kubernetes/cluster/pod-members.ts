import { isDeepStrictEqual } from 'node:util';
import { selectorMatches } from '../../domain/label-selector.ts';
import type { LabelSelector } from '../../domain/label-selector.ts';
import type { Pod } from '../../domain/workload.ts';
import type { Observation } from './api/observation.ts';
import type { Lease, SharedCollections } from './api/shared-collections.ts';
import { anyPod, labelTopic } from './records/pod-record.ts';
import type { PodRecord } from './records/pod-record.ts';

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
    this.#lease.follow(this.#telling(selector));
    this.#members.clear();
    for (const [name, record] of this.#lease.collection.entries()) {
      if (selectorMatches(selector, record.labels)) this.#members.set(name, record);
    }
  }

  pods(): Pod[] {
    return [...this.#members.values()].map(({ pod }) => pod);
  }

  health(): Observation<undefined> {
    return this.#lease.collection.health();
  }

  release(): void {
    this.#lease.release();
  }

  /** The labels by which to wait for pods: of those that the selector demands, the one that fewest others wait for. */
  #telling(selector: LabelSelector): readonly string[] {
    const demanded = selector
      .filter(({ operator }) => operator === 'in')
      .map(({ key, values }) => values.map((value) => labelTopic(key, value)));
    const interest = (topics: readonly string[]): number =>
      topics.reduce((sum, topic) => sum + this.#lease.interest(topic), 0);
    const [fewest] = demanded.toSorted((one, other) => interest(one) - interest(other));
    return fewest ?? [anyPod];
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
