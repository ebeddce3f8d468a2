import { isDeepStrictEqual } from 'node:util';
import { pause } from '../../../domain/clock.ts';
import type { Clock, EpochMs } from '../../../domain/clock.ts';
import { errorText } from '../../../domain/error-text.ts';
import type { Logger } from '../../../telemetry/logger.ts';
import { Backoff } from './backoff.ts';
import type { KubeClient, Query } from './kube-client.ts';
import { KubeError, watchError } from './kube-error.ts';
import type { Observation } from './observation.ts';
import { isOldNews, listObjects, readWatchEvent } from './wire.ts';

/** A watch is asked to end after this, and continued: long enough to be cheap, short enough to move between servers. */
const watchSeconds = 300;
/** API servers send a bookmark about once a minute, so a watch that is silent for longer is taken for dead. */
const silenceLimitMs = 130_000;
/** A watch that lived this long is no sign of trouble when it ends. */
const settledMs = 30_000;

/** What all collections of one API server share. */
export interface Surroundings {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface CollectionSetting<T> extends Surroundings {
  /** `/api/v1/namespaces/inference/pods`. */
  readonly path: string;
  readonly query: Query;
  /** Keeps the few fields that are needed; undefined leaves the object out. Never throws. */
  readonly parse: (object: unknown) => T | undefined;
  /** Told of each object that changed, as it was and as it is; undefined where there was or is none. */
  readonly onObject: (name: string, before: T | undefined, after: T | undefined) => void;
  /** Told when something changed for the collection as a whole. */
  readonly onHealth: () => void;
}

/**
 * The objects at one path of the API, by name, kept up to date by list and watch. Survives whatever the API server does:
 * it waits with backoff, continues a watch where it broke off, and lists anew when the server has forgotten that point.
 * Meanwhile the last known objects stay.
 */
export class Collection<T> {
  readonly #setting: CollectionSetting<T>;
  readonly #objects = new Map<string, T>();
  readonly #stopping = new AbortController();
  readonly #backoff = new Backoff();
  /** Where the next watch continues; undefined when a list has to come first. */
  #version: string | undefined;
  #isListed = false;
  #heardAtMs: EpochMs = 0;
  #failure: string | undefined;

  constructor(setting: CollectionSetting<T>) {
    this.#setting = setting;
    void this.#run();
  }

  get(name: string): T | undefined {
    return this.#objects.get(name);
  }

  entries(): IterableIterator<[string, T]> {
    return this.#objects.entries();
  }

  /** What is known of the object with this name. */
  observe(name: string, reasonIfMissing: string): Observation<T> {
    const health = this.health();
    if (health.state !== 'present') return health;
    const value = this.#objects.get(name);
    if (value === undefined) return { ...health, state: 'missing', reason: reasonIfMissing };
    return { ...health, value };
  }

  /** Whether the collection as a whole is known. */
  health(): Observation<undefined> {
    const failure = this.#failure !== undefined && { failure: this.#failure };
    if (!this.#isListed) return { state: 'unheard', ...failure };
    // When the clock was set back, what was heard ages from now on, not from when the old time is reached again.
    this.#heardAtMs = Math.min(this.#heardAtMs, this.#setting.clock.nowMs());
    return { state: 'present', value: undefined, heardAtMs: this.#heardAtMs, ...failure };
  }

  stop(): void {
    this.#stopping.abort();
  }

  #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped()) {
      try {
        this.#version ??= await this.#list();
        if (!this.#isStopped()) await this.#watch(this.#version);
      } catch (error) {
        if (!this.#isStopped()) this.#fail(error);
      }
      await pause(this.#setting.clock, this.#backoff.next(), this.#stopping.signal);
    }
  }

  async #list(): Promise<string> {
    const { client, path, query, parse } = this.#setting;
    const found = new Map<string, T>();
    const version = await listObjects(client, path, query, (name, object) => {
      const value = parse(object);
      if (value !== undefined) found.set(name, value);
    });
    if (this.#isStopped()) return version;
    for (const name of this.#objects.keys()) if (!found.has(name)) this.#put(name, undefined);
    for (const [name, value] of found) this.#put(name, value);
    this.#heard();
    return version;
  }

  async #watch(resourceVersion: string): Promise<void> {
    const { client, path, query } = this.#setting;
    const parameters = { ...query, resourceVersion, allowWatchBookmarks: 'true', timeoutSeconds: String(watchSeconds) };
    let openedAtMs: EpochMs | undefined;
    try {
      await client.watch(path, parameters, {
        signal: this.#stopping.signal,
        silenceLimitMs,
        onOpen: () => {
          openedAtMs = this.#setting.clock.nowMs();
          this.#heard();
        },
        onLine: (line) => this.#receive(line),
      });
    } catch (error) {
      // Servers and proxies cut long connections now and then. It is a failure only if the next one can't be opened.
      const isCut = error instanceof KubeError && error.status === undefined && this.#version !== undefined;
      if (openedAtMs === undefined || !isCut) throw error;
    }
    if (openedAtMs !== undefined && this.#setting.clock.nowMs() - openedAtMs >= settledMs) this.#backoff.reset();
  }

  #receive(line: string): void {
    const event = readWatchEvent(line);
    if (!event) {
      this.#version = undefined;
      throw new KubeError(`${this.#setting.path}: the watch sent a line that is no event`);
    }
    if (event.type === 'ERROR') throw watchError(this.#setting.path, event.object);
    this.#heard();
    this.#backoff.reset();
    // Versions only grow within a watch. An event from before the newest one is a repeat, or out of order.
    if (isOldNews(event.version, this.#version ?? '')) return;
    this.#version = event.version;
    if (event.type === 'BOOKMARK') return;
    this.#put(event.name, event.type === 'DELETED' ? undefined : this.#setting.parse(event.object));
  }

  #put(name: string, value: T | undefined): void {
    const before = this.#objects.get(name);
    if (isDeepStrictEqual(before, value)) return;
    if (value === undefined) this.#objects.delete(name);
    else this.#objects.set(name, value);
    this.#setting.onObject(name, before, value);
  }

  #heard(): void {
    const { path, clock, logger, onHealth } = this.#setting;
    const isNews = !this.#isListed || this.#failure !== undefined;
    if (this.#failure !== undefined) logger.info({ path }, 'kubernetes watch works again');
    this.#isListed = true;
    this.#heardAtMs = clock.nowMs();
    this.#failure = undefined;
    if (isNews) onHealth();
  }

  #fail(error: unknown): void {
    const { path, logger, onHealth } = this.#setting;
    const refused = error instanceof KubeError ? error.status : undefined;
    if (refused === 410 || refused === 404) this.#version = undefined;
    // A version that has expired is everyday business: the list that follows tells whether anything is wrong.
    if (refused === 410) return;
    const reason = errorText(error);
    if (this.#failure === undefined) logger.warn({ path, reason }, 'kubernetes watch failed');
    const isNews = this.#failure !== reason;
    this.#failure = reason;
    if (isNews) onHealth();
  }
}
