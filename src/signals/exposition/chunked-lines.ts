/** A line that is longer than this is none that an exporter writes, and is not kept. */
const longestLine = 65_536;

interface LineReader {
  /** Reads the line from `start` up to `end`, where its line break stands. */
  readonly line: (text: string, start: number, end: number) => void;
  /** Told how a line begins that is too long to be kept. */
  readonly tooLong: (beginning: string) => void;
}

/**
 * Hands on the lines of a text whose bytes arrive in pieces. Nothing is kept but a last line that is not complete yet.
 * Bytes are read as Latin-1, which is quick and never splits a character.
 */
export class ChunkedLines {
  readonly #reader: LineReader;
  #rest = '';
  /** The rest of a line that is too long is dropped until it ends. */
  #inLongLine = false;

  constructor(reader: LineReader) {
    this.#reader = reader;
  }

  write(bytes: Uint8Array): void {
    this.writeText(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'));
  }

  /** @param text bytes as Latin-1 */
  writeText(text: string): void {
    let end = text.indexOf('\n');
    if (end === -1) {
      this.#keepRest(this.#rest + text);
      return;
    }
    // Only the line that began before is put together; to look into a text that was is slow.
    const first = this.#rest + text.slice(0, end + 1);
    this.#endLine(first, first.length - 1);
    let start = end + 1;
    for (end = text.indexOf('\n', start); end !== -1; end = text.indexOf('\n', start)) {
      this.#reader.line(text, start, end);
      start = end + 1;
    }
    this.#keepRest(text.slice(start));
  }

  /** The line that has begun and not ended; of one that is too long, a sign that there is one. */
  get unfinished(): string {
    return this.#inLongLine && this.#rest === '' ? '#' : this.#rest;
  }

  #endLine(line: string, end: number): void {
    if (this.#inLongLine) this.#inLongLine = false;
    else this.#reader.line(line, 0, end);
  }

  #keepRest(rest: string): void {
    this.#rest = rest;
    if (rest.length <= longestLine) return;
    if (!this.#inLongLine) this.#reader.tooLong(rest);
    this.#inLongLine = true;
    this.#rest = '';
  }
}
