import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { guardedLookup } from '../network/refused-addresses.ts';
import type { HttpAnswer } from './http-answer.ts';
import { parseHostAddress } from './host-address.ts';

/** All connections of this thread read into these bytes, one after the other: what is read is taken at once. */
const readBuffer = Buffer.allocUnsafeSlow(65_536);

interface Turn {
  readonly answer: HttpAnswer;
  readonly done: (error?: Error) => void;
}

/** A connection to one host, which carries one question after the other. */
export class Connection {
  readonly #socket: Socket;
  readonly #onClose: () => void;
  #turn: Turn | undefined;
  #failure: Error | undefined;

  /** Throws where the host is none that may be asked. @param onClose told when it is closed, by whomever */
  constructor(host: string, onClose: () => void) {
    this.#onClose = onClose;
    this.#socket = connect({
      ...parseHostAddress(host),
      lookup: guardedLookup,
      onread: { buffer: readBuffer, callback: (length) => this.#read(readBuffer.subarray(0, length)) },
    });
    this.#socket.on('error', (error) => (this.#failure = error));
    this.#socket.on('timeout', () => this.#socket.destroy());
    this.#socket.on('close', () => this.#closed());
  }

  /** Sends a request and reads its answer; `done` is told once, with what went wrong if anything did. */
  ask(request: string, answer: HttpAnswer, done: Turn['done']): void {
    this.#turn = { answer, done };
    this.#socket.setTimeout(0);
    this.#socket.write(request, 'latin1');
  }

  /** Closes it unless it is asked again within this time. */
  rest(longestMs: number): void {
    this.#socket.setTimeout(longestMs);
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(bytes: Buffer): boolean {
    const turn = this.#turn;
    // What nobody asked for is no answer to the next question.
    if (!turn) this.#socket.destroy();
    else this.#hand(bytes, turn);
    return true;
  }

  #hand(bytes: Buffer, turn: Turn): void {
    try {
      turn.answer.write(bytes);
      if (turn.answer.isComplete) this.#finish(turn);
    } catch (error) {
      this.#failure = asError(error);
      this.#socket.destroy();
    }
  }

  #closed(): void {
    const turn = this.#turn;
    if (turn) this.#finish(turn);
    this.#onClose();
  }

  #finish({ answer, done }: Turn): void {
    this.#turn = undefined;
    try {
      if (this.#failure) throw this.#failure;
      answer.end();
      done();
    } catch (error) {
      done(asError(error));
    }
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
