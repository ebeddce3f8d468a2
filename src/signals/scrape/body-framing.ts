import { AnswerError } from './answer-error.ts';

/** How an answer says where its body ends. */
export type Framing =
  { readonly kind: 'length'; readonly bytes: number } | { readonly kind: 'chunked' } | { readonly kind: 'until close' };

/** Of a line that states a chunk's size, or a trailer field. */
const longestLine = 4_096;
/** A chunk's size in hexadecimal, which extensions may follow. */
const chunkSize = /^([0-9a-f]{1,8})[ \t]*(?:;.*)?$/i;
const newline = 10;

/** Finds the body within the bytes that follow an answer's head. */
export class BodyFraming {
  readonly #kind: Framing['kind'];
  readonly #take: (piece: Buffer) => void;
  /** Bytes of the body, or of this chunk, that are still to come. */
  #left: number;
  /** What a line is expected to be, where chunks are; a chunk's bytes come while there are any left. */
  #expected: 'size' | 'end of chunk' | 'trailer' = 'size';
  #line = '';
  #isComplete: boolean;
  #hasSurplus = false;

  constructor(framing: Framing, take: (piece: Buffer) => void) {
    this.#kind = framing.kind;
    this.#take = take;
    this.#left = framing.kind === 'length' ? framing.bytes : framing.kind === 'chunked' ? 0 : Infinity;
    this.#isComplete = this.#left === 0 && framing.kind === 'length';
  }

  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Whether more has come than belongs to the answer. */
  get hasSurplus(): boolean {
    return this.#hasSurplus;
  }

  /** Throws AnswerError where chunks are malformed. */
  write(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length && !this.#isComplete) {
      at = this.#left > 0 ? this.#readPiece(bytes, at) : this.#readLine(bytes, at);
    }
    if (at < bytes.length) this.#hasSurplus = true;
  }

  endOfConnection(): void {
    if (this.#kind === 'until close') this.#isComplete = true;
  }

  #readPiece(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left);
    this.#take(bytes.subarray(at, end));
    this.#left -= end - at;
    if (this.#left === 0 && this.#kind === 'length') this.#isComplete = true;
    return end;
  }

  #readLine(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(newline, at);
    this.#line += bytes.toString('latin1', at, end === -1 ? bytes.length : end);
    if (this.#line.length > longestLine) throw malformed();
    if (end === -1) return bytes.length;
    if (!this.#line.endsWith('\r')) throw malformed();
    this.#endLine(this.#line.slice(0, -1));
    this.#line = '';
    return end + 1;
  }

  #endLine(line: string): void {
    if (this.#expected === 'size') this.#beginChunk(line);
    else if (this.#expected === 'end of chunk') this.#endChunk(line);
    else if (line === '') this.#isComplete = true;
  }

  #beginChunk(line: string): void {
    const [, size] = chunkSize.exec(line) ?? [];
    if (size === undefined) throw malformed();
    this.#left = parseInt(size, 16);
    this.#expected = this.#left === 0 ? 'trailer' : 'end of chunk';
  }

  #endChunk(line: string): void {
    if (line !== '') throw malformed();
    this.#expected = 'size';
  }
}

function malformed(): AnswerError {
  return new AnswerError('sent chunks that are not HTTP/1.1');
}
