import { Collection } from './collection.ts';
import type { Surroundings } from './collection.ts';
import type { Query } from './kube-client.ts';

type Listener = (name?: string) => void;

interface Shared<T> {
  readonly collection: Collection<T>;
  readonly listeners: Set<Listener>;
}

/** A collection in use, until it is released. */
export interface Lease<T> {
  readonly collection: Collection<T>;
  release(): void;
}

/**
 * Collections of one resource, one per namespace however many ScaledObjects look into it. Each looks for its own pods
 * itself: a watch per selector would cost the API server a stream per ScaledObject, and move no less data.
 */
export class SharedCollections<T> {
  readonly #setting: Surroundings & ResourceSetting<T>;
  readonly #shared = new Map<string, Shared<T>>();

  constructor(setting: Surroundings & ResourceSetting<T>) {
    this.#setting = setting;
  }

  /** The collection of this namespace; `listener` hears what changes in it. */
  lease(namespace: string, listener: Listener): Lease<T> {
    const shared = this.#shared.get(namespace) ?? this.#open(namespace);
    shared.listeners.add(listener);
    return {
      collection: shared.collection,
      release: () => {
        shared.listeners.delete(listener);
        if (shared.listeners.size > 0 || this.#shared.get(namespace) !== shared) return;
        this.#shared.delete(namespace);
        shared.collection.stop();
      },
    };
  }

  #open(namespace: string): Shared<T> {
    const { root, plural, query = {} } = this.#setting;
    const listeners = new Set<Listener>();
    const onChange = (name?: string): void => {
      for (const listener of listeners) listener(name);
    };
    const path = `${root}/namespaces/${namespace}/${plural}`;
    const shared = { collection: new Collection({ ...this.#setting, path, query, onChange }), listeners };
    this.#shared.set(namespace, shared);
    return shared;
  }
}

interface ResourceSetting<T> {
  /** `/apis/apps/v1`. */
  readonly root: string;
  readonly plural: string;
  readonly query?: Query;
  readonly parse: (object: unknown) => T | undefined;
}
