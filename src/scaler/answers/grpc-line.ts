import { PortError } from '../../domain/port-error.ts';
import { Outbox } from '../../signals/scrape/outbox.ts';
import type { FromGrpc, Port, ToGrpc } from './message.ts';

/** The main thread's end of the line to the thread that serves gRPC. */
export class GrpcLine {
  readonly #outbox: Outbox<ToGrpc>;
  readonly #hear: (message: FromGrpc) => void;
  readonly #listening = Promise.withResolvers<number>();
  readonly #stopped = Promise.withResolvers<undefined>();

  /** @param hear told of what the thread says, but of its beginning and its end */
  constructor(port: Port, hear: (message: FromGrpc) => void) {
    this.#hear = hear;
    this.#outbox = new Outbox((messages) => port.postMessage(messages));
    port.on('message', (messages) => (messages as readonly FromGrpc[]).forEach((message) => this.#receive(message)));
  }

  /** The port that it listens on. Rejects with PortError where it can't be had. */
  get listening(): Promise<number> {
    return this.#listening.promise;
  }

  tell(message: ToGrpc): void {
    this.#outbox.push(message);
  }

  /** Has it answer what is under way, end the streams with OK, and end itself. */
  stop(): Promise<undefined> {
    this.tell({ say: 'stop' });
    return this.#stopped.promise;
  }

  #receive(message: FromGrpc): void {
    if (message.say === 'listening') this.#listening.resolve(message.port);
    else if (message.say === 'stopped') this.#stopped.resolve(undefined);
    else if (message.say === 'deaf') this.#listening.reject(deafness(message));
    else this.#hear(message);
  }
}

function deafness({ reason, isOperators }: Extract<FromGrpc, { say: 'deaf' }>): Error {
  return isOperators ? new PortError(reason) : new Error(reason);
}
