import type { ServerWritableStream } from '@grpc/grpc-js';
import type { Clock } from '../../domain/clock.ts';
import { spread } from '../trigger/spread.ts';
import { RpcError } from './rpc-error.ts';

/** Five for each trigger that is admitted, over all connections: more than any KEDA opens. */
const mostStreams = 100_000;

/**
 * The streams that clients hold open. Each is ended with status OK at shutdown, and before its connection reaches its
 * greatest age: KEDA waits longer and longer before it opens a stream that ended in any other way, and starts over only
 * after an OK end.
 */
export class OpenStreams {
  readonly #clock: Clock;
  readonly #longestMs: number;
  readonly #most: number;
  readonly #ends = new Set<() => void>();
  #opened = 0;
  #ending = false;

  /** @param clock the clock of the connections: the world's, whatever time the scaler decides by */
  constructor(clock: Clock, longestMs: number, most = mostStreams) {
    this.#clock = clock;
    this.#longestMs = longestMs;
    this.#most = most;
  }

  /** To be called before a stream is opened. Throws RpcError where there are too many. */
  checkRoom(): void {
    if (this.#ends.size < this.#most) return;
    throw new RpcError('RESOURCE_EXHAUSTED', `${this.#most} streams are open already; no more are admitted`);
  }

  /** Keeps a stream until it is ended from either side; `release` is called once, whichever side it was. */
  hold<Request, Answer>(call: ServerWritableStream<Request, Answer>, release: () => void): void {
    let open = true;
    const settle = (): void => {
      if (!open) return;
      open = false;
      cancel();
      this.#ends.delete(end);
      release();
    };
    const end = (): void => {
      settle();
      call.end();
    };
    const cancel = this.#clock.after(this.#lifetimeMs(), end);
    this.#ends.add(end);
    for (const event of ['cancelled', 'close', 'error']) call.on(event, settle);
    if (call.cancelled) settle();
    else if (this.#ending) end();
  }

  /** Ends all, and each that is opened later, at once. */
  endAll(): void {
    this.#ending = true;
    for (const end of [...this.#ends]) end();
  }

  /** Not all at once: thousands are opened together when KEDA starts. */
  #lifetimeMs(): number {
    this.#opened += 1;
    return this.#longestMs * (1 - spread(this.#opened) / 4);
  }
}
