import { BodyFraming } from './body-framing.ts';
import type { AnswerHead } from './answer-head.ts';
import { AnswerError } from './answer-error.ts';
import { parseHead } from './answer-head.ts';

const headEnd = '\r\n\r\n';
/** More header than any server sends. */
const longestHead = 16_384;
const mebibyte = 1_048_576;
const noBytes = Buffer.alloc(0);

/** Takes a body, piece by piece. */
interface Sink {
  write(bytes: Uint8Array): void;
}

/**
 * One answer to a GET in HTTP/1.1, read as its bytes arrive; the body of a 200 goes to `sink`. What it can't be sure to
 * understand it refuses with AnswerError: https://www.rfc-editor.org/rfc/rfc9112
 */
export class HttpAnswer {
  readonly #sink: Sink;
  readonly #mostBytes: number;
  #beginning: Buffer = noBytes;
  #head: AnswerHead | undefined;
  #body: BodyFraming | undefined;
  #bytes = 0;

  constructor(sink: Sink, mostBytes = 16 * mebibyte) {
    this.#sink = sink;
    this.#mostBytes = mostBytes;
  }

  /** Whether anything has come. */
  get hasBegun(): boolean {
    return this.#head !== undefined || this.#beginning.length > 0;
  }

  get contentType(): string | undefined {
    return this.#head?.contentType;
  }

  get isComplete(): boolean {
    return this.#body?.isComplete ?? false;
  }

  /** Whether the connection may carry another question: the server keeps it open, and has sent no more than it said. */
  get keepsConnection(): boolean {
    return this.isComplete && (this.#head?.keepsConnection ?? false) && this.#body?.hasSurplus === false;
  }

  /** Throws AnswerError where what comes is not the answer that was asked for. */
  write(bytes: Buffer): void {
    const rest = this.#body ? bytes : this.#readHead(bytes);
    if (rest.length > 0) this.#body?.write(rest);
  }

  /** The connection has ended. Throws AnswerError where the answer has not, or is none. */
  end(): void {
    this.#body?.endOfConnection();
    if (!this.isComplete) throw new AnswerError('closed the connection before its answer was complete');
    const { status = 0 } = this.#head ?? {};
    if (status === 200) return;
    throw new AnswerError(`answered ${status}${status >= 300 && status < 400 ? '; redirects are not followed' : ''}`);
  }

  /** Answers what follows the head. */
  #readHead(bytes: Buffer): Buffer {
    const read = this.#beginning.length > 0 ? Buffer.concat([this.#beginning, bytes]) : bytes;
    const end = read.indexOf(headEnd);
    if (end === -1) {
      if (read.length > longestHead) throw new AnswerError('sent a header that is too long, or no HTTP');
      // A copy, because the bytes are only lent.
      this.#beginning = Buffer.from(read);
      return noBytes;
    }
    this.#beginning = noBytes;
    const head = parseHead(read.toString('latin1', 0, end));
    const rest = read.subarray(end + headEnd.length);
    // An interim answer, such as 103; the one that counts comes after it.
    if (head.status < 200) return this.#readHead(rest);
    this.#head = head;
    this.#body = new BodyFraming(head.framing, (piece) => this.#take(piece, head.status));
    return rest;
  }

  #take(piece: Buffer, status: number): void {
    this.#bytes += piece.length;
    if (this.#bytes > this.#mostBytes) throw new AnswerError(`sent more than ${this.#mostBytes / mebibyte} MiB`);
    if (status === 200) this.#sink.write(piece);
  }
}
