import { pause } from '../domain/clock.ts';
import type { Clock } from '../domain/clock.ts';
import type { Rejections } from './rejections.ts';

const firstBackoffMs = 1_000;
const longestBackoffMs = 30_000;
/** A session that lasted this long was healthy, so the next failure starts from the shortest backoff. */
const healthyMs = 60_000;

/** Why a session of reading ended. */
export interface SessionEnd {
  readonly reason: string;
  readonly rejected: Rejections;
  /** The driver is there and keeps this container from the GPUs. */
  readonly accessDenied?: boolean;
  /** Resolves when its process is gone. */
  readonly gone: Promise<unknown>;
}

/**
 * Has one session of reading after another, each until something goes wrong, with a backoff between; there is never more
 * than one, however the process of the last one hangs.
 */
export class Restarts {
  readonly #clock: Clock;
  readonly #session: (signal: AbortSignal) => Promise<SessionEnd>;
  #stopped = false;
  /** Ends the session under way, with all its processes. One for each, so that none outlives it in a list of listeners. */
  #under = new AbortController();
  #running: Promise<void> = Promise.resolve();

  /** @param session reads until it can't, or until its signal is aborted; never rejects */
  constructor(clock: Clock, session: (signal: AbortSignal) => Promise<SessionEnd>) {
    this.#clock = clock;
    this.#session = session;
  }

  start(onEnd: (end: SessionEnd) => void): void {
    this.#running = this.#run(onEnd);
  }

  /** Ends the session and waits until all is at rest. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#under.abort();
    await this.#running;
  }

  async #run(onEnd: (end: SessionEnd) => void): Promise<void> {
    let backoffMs = firstBackoffMs;
    const isStopped = (): boolean => this.#stopped;
    while (!isStopped()) {
      this.#under = new AbortController();
      const { signal } = this.#under;
      const beganMs = this.#clock.nowMs();
      const end = await this.#session(signal);
      if (isStopped()) return;
      onEnd(end);
      await Promise.race([end.gone, aborted(signal)]);
      if (this.#clock.nowMs() - beganMs >= healthyMs) backoffMs = firstBackoffMs;
      await pause(this.#clock, backoffMs, signal);
      backoffMs = Math.min(longestBackoffMs, backoffMs * 2);
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
}
