/** Gathers what is to be sent in one turn of the event loop, because each message between threads has its price. */
export class Outbox<T> {
  readonly #send: (messages: readonly T[]) => void;
  #messages: T[] = [];
  #sent = Promise.resolve();

  constructor(send: (messages: readonly T[]) => void) {
    this.#send = send;
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
    await new Promise((resolve) => setImmediate(resolve));
    this.#flush();
  }

  #flush(): void {
    const messages = this.#messages;
    this.#messages = [];
    this.#send(messages);
  }
}
