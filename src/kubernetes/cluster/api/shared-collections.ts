import { Audience } from './audience.ts';
import type { Listener } from './audience.ts';
import { Collection } from './collection.ts';
import type { Surroundings } from './collection.ts';
import type { Query } from './kube-client.ts';

interface Shared<T> {
  readonly collection: Collection<T>;
  readonly audience: Audience;
}

/** A collection in use, until it is released. */
export interface Lease<T> {
  readonly collection: Collection<T>;
  /** How many wait for objects that carry this topic. */
  interest(topic: string): number;
  /** Waits for objects that carry one of these topics, in place of those before. */
  follow(topics: readonly string[]): void;
  release(): void;
}

interface ResourceSetting<T> extends Surroundings {
  /** `/apis/apps/v1`. */
  readonly root: string;
  readonly plural: string;
  readonly query?: Query;
  readonly parse: (object: unknown) => T | undefined;
  /** What an object can be waited for by; its name where this is left out. */
  readonly topicsOf?: (value: T) => readonly string[];
}

/**
 * Collections of one resource, one per namespace however many ScaledObjects look into it. Each looks for its own pods
 * itself: a watch per selector would cost the API server a stream per ScaledObject, and move no less data.
 */
export class SharedCollections<T> {
  readonly #setting: ResourceSetting<T>;
  readonly #shared = new Map<string, Shared<T>>();

  constructor(setting: ResourceSetting<T>) {
    this.#setting = setting;
  }

  /** The collection of this namespace; `listener` hears of it as a whole, and of the objects that the lease follows. */
  lease(namespace: string, listener: Listener): Lease<T> {
    const shared = this.#shared.get(namespace) ?? this.#open(namespace);
    const { audience, collection } = shared;
    // Each lease hears once, even where two are given the same function.
    const own: Listener = (name) => listener(name);
    let followed: readonly string[] = [];
    const follow = (topics: readonly string[]): void => {
      audience.unfollow(own, followed);
      audience.follow(own, topics);
      followed = topics;
    };
    audience.join(own);
    return {
      collection,
      interest: (topic) => audience.interest(topic),
      follow,
      release: () => {
        follow([]);
        audience.leave(own);
        if (audience.size > 0 || this.#shared.get(namespace) !== shared) return;
        this.#shared.delete(namespace);
        collection.stop();
      },
    };
  }

  #open(namespace: string): Shared<T> {
    const { root, plural, query = {}, topicsOf } = this.#setting;
    const audience = new Audience();
    const topics = (value: T | undefined): readonly string[] => (value && topicsOf ? topicsOf(value) : []);
    const collection = new Collection({
      ...this.#setting,
      query,
      path: `${root}/namespaces/${namespace}/${plural}`,
      onHealth: () => audience.tellAll(),
      onObject: (name, before, after) => audience.tell(name, topicsOf ? [...topics(before), ...topics(after)] : [name]),
    });
    const shared = { collection, audience };
    this.#shared.set(namespace, shared);
    return shared;
  }
}
