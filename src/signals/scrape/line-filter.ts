import { ChunkedLines } from '../exposition/chunked-lines.ts';
import { declaredName, isComment, isEndMark } from '../exposition/comment.ts';
import { skipBlanks } from '../exposition/line.ts';
import type { WantedNames } from '../exposition/wanted-names.ts';

/**
 * Shortens a text in Prometheus' format, while its bytes arrive, to the lines that ExpositionReader looks into for the
 * wanted metrics: whoever reads what is left, reads the same. Bytes are kept as they are, as Latin-1.
 */
export class LineFilter {
  readonly #wanted: WantedNames;
  readonly #lines = new ChunkedLines({
    line: (text, start, end) => this.#filter(text, start, end),
    tooLong: (beginning) => this.#noteTooLong(beginning),
  });
  #kept = '';

  constructor(wanted: WantedNames) {
    this.#wanted = wanted;
  }

  write(bytes: Uint8Array): void {
    this.#lines.write(bytes);
  }

  /** What is left. A line that was cut off stays cut off. */
  end(): string {
    return this.#kept + this.#lines.unfinished;
  }

  #filter(text: string, start: number, end: number): void {
    const at = skipBlanks(text, start);
    if (this.#isWanted(text, at, end)) this.#kept += text.slice(at, end + 1);
  }

  #isWanted(text: string, at: number, end: number): boolean {
    if (!isComment(text, at)) return this.#wanted.at(text, at) !== undefined;
    return isEndMark(text, at, end) || declaredName(text, at, this.#wanted) !== undefined;
  }

  /** What stands in its place can't be read either. */
  #noteTooLong(beginning: string): void {
    const name = this.#wanted.at(beginning, skipBlanks(beginning, 0));
    if (name !== undefined) this.#kept += `${name} too-long\n`;
  }
}
