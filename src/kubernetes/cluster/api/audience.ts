/** Told of an object that changed by its name, or of a change of the collection as a whole by undefined. */
export type Listener = (name?: string) => void;

/**
 * Those who listen to one collection, found by what they wait for: with thousands of ScaledObjects in a namespace, one
 * change must not be put to each of them. A topic is a text that an object carries: its name, or `key=value` of a label.
 */
export class Audience {
  readonly #all = new Set<Listener>();
  readonly #byTopic = new Map<string, Set<Listener>>();

  get size(): number {
    return this.#all.size;
  }

  /** How many wait for this topic. */
  interest(topic: string): number {
    return this.#byTopic.get(topic)?.size ?? 0;
  }

  /** Hears of the whole collection from now on, and of objects once it follows something. */
  join(listener: Listener): void {
    this.#all.add(listener);
  }

  /** Hears of objects that carry one of these topics. */
  follow(listener: Listener, topics: readonly string[]): void {
    for (const topic of topics) {
      const followers = this.#byTopic.get(topic) ?? new Set();
      this.#byTopic.set(topic, followers.add(listener));
    }
  }

  unfollow(listener: Listener, topics: readonly string[]): void {
    for (const topic of topics) {
      const followers = this.#byTopic.get(topic);
      followers?.delete(listener);
      if (followers?.size === 0) this.#byTopic.delete(topic);
    }
  }

  leave(listener: Listener): void {
    this.#all.delete(listener);
  }

  tellAll(): void {
    for (const listener of this.#all) listener();
  }

  /** Tells of one object, each listener once however many of its topics it follows. */
  tell(name: string, topics: Iterable<string>): void {
    const told = new Set<Listener>();
    for (const topic of topics) for (const listener of this.#byTopic.get(topic) ?? []) told.add(listener);
    for (const listener of told) listener(name);
  }
}
