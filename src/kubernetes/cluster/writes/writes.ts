import type { Cancel, Clock, EpochMs } from '../../../domain/clock.ts';
import { errorText } from '../../../domain/error-text.ts';
import type { Logger } from '../../../telemetry/logger.ts';
import { KubeError } from '../api/kube-error.ts';

/** Writes a second, whatever there is to say: reading and answering matter more to the API server, and to us. */
const writesPerSecond = 10;
/** What waits beyond this is dropped: whoever wanted it wants it again, or it was only news. */
const mostWaiting = 2_000;
/** After a refusal, so much later it is tried again: somebody may have given the right since. */
const refusedForMs = 600_000;

/** One thing to write. */
interface Write {
  /** What kind of thing, as a person would call it, for the log: `events`. */
  readonly kind: string;
  /** Takes the place of an earlier one of the same key that has not been written yet. */
  readonly key: string;
  readonly send: () => Promise<unknown>;
}

/**
 * Writes to the API server, one after the other and not too fast. Nobody waits for a write, and none is tried twice: one
 * that fails costs a line in the log, and a kind that is forbidden costs one until it is allowed.
 */
export class Writes {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #waiting = new Map<string, Write>();
  readonly #refusedUntilMs = new Map<string, EpochMs>();
  readonly #failing = new Set<string>();
  #isSending = false;
  #isClosed = false;
  #cancel: Cancel = () => undefined;

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  put(write: Write): void {
    const isRefused = this.#clock.nowMs() < (this.#refusedUntilMs.get(write.kind) ?? 0);
    const isFull = this.#waiting.size >= mostWaiting && !this.#waiting.has(write.key);
    if (this.#isClosed || isRefused || isFull) return;
    this.#waiting.set(write.key, write);
    if (!this.#isSending) void this.#sendNext();
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting.clear();
    this.#cancel();
  }

  async #sendNext(): Promise<void> {
    const [next] = this.#waiting.values();
    this.#isSending = next !== undefined;
    if (!next) return;
    this.#waiting.delete(next.key);
    await next.send().then(
      () => this.#succeeded(next.kind),
      (error: unknown) => this.#failed(next.kind, error),
    );
    if (!this.#isClosed) this.#cancel = this.#clock.after(1_000 / writesPerSecond, () => void this.#sendNext());
  }

  #succeeded(kind: string): void {
    this.#refusedUntilMs.delete(kind);
    if (this.#failing.delete(kind)) this.#logger.info({ kind }, 'kubernetes writes work again');
  }

  #failed(kind: string, error: unknown): void {
    if (this.#isClosed) return;
    const isRefused = error instanceof KubeError && (error.status === 403 || error.status === 401);
    if (isRefused) this.#refuse(kind);
    if (this.#failing.has(kind)) return;
    this.#failing.add(kind);
    this.#logger.warn({ kind, reason: errorText(error) }, isRefused ? 'kubernetes writes are not allowed; going on without' : 'kubernetes write failed'); // prettier-ignore
  }

  #refuse(kind: string): void {
    this.#refusedUntilMs.set(kind, this.#clock.nowMs() + refusedForMs);
    for (const [key, write] of this.#waiting) if (write.kind === kind) this.#waiting.delete(key);
  }
}
