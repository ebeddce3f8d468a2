/** Gathers what is to be sent, because each message between threads has its price. */
export class Outbox<T> {
  readonly #send: (messages: readonly T[]) => void;
  readonly #gatherMs: number;
  #messages: T[] = [];
  #sent = Promise.resolve();

  /** @param gatherMs how long the first may wait for others; 0 for no longer than this turn of the event loop */
  constructor(send: (messages: readonly T[]) => void, gatherMs = 0) {
    this.#send = send;
    this.#gatherMs = gatherMs;
  }

  push(message: T): void {
    this.#messages.push(message);
    if (this.#messages.length === 1) this.#sent = this.#flushSoon();
  }

  /** Resolves when all that was pushed is sent. */
  get empty(): Promise<void> {
    return this.#sent;
  }

  async #flushSoon(): Promise<void> {
    await new Promise((resolve) => {
      if (this.#gatherMs === 0) setImmediate(resolve);
      else setTimeout(resolve, this.#gatherMs);
    });
    const messages = this.#messages;
    this.#messages = [];
    this.#send(messages);
  }
}
