/** Gathers what is to be sent in one turn of the event loop, because each message between threads has its price. */
export class Outbox<T> {
  readonly #send: (messages: readonly T[]) => void;
  #messages: T[] = [];

  constructor(send: (messages: readonly T[]) => void) {
    this.#send = send;
  }

  push(message: T): void {
    this.#messages.push(message);
    if (this.#messages.length === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    const messages = this.#messages;
    this.#messages = [];
    this.#send(messages);
  }
}
