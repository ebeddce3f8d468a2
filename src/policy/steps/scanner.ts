import { quoted } from '../parse.ts';

/** What was expected and what was found, and where: `column 18: expected "for", found "or"`. */
export class SyntaxProblem extends Error {
  override readonly name = 'SyntaxProblem';
}

/** Reads a text piece by piece, and knows at which column of the whole value it is. */
export class Scanner {
  readonly #text: string;
  readonly #firstColumn: number;
  #at = 0;

  /** @param firstColumn column at which the text begins in what the user wrote, from 1 */
  constructor(text: string, firstColumn: number) {
    this.#text = text;
    this.#firstColumn = firstColumn;
  }

  /** Takes what matches at this place, blanks aside. Throws SyntaxProblem where it does not match. */
  take(pattern: RegExp, expected: string): string {
    this.#skipBlanks();
    const [found] = new RegExp(pattern.source, 'uy').exec(this.#text.slice(this.#at)) ?? [];
    if (found === undefined) this.refuse(expected);
    this.#at += found.length;
    return found;
  }

  /** Throws SyntaxProblem unless there is nothing left but blanks. */
  end(expected: string): void {
    this.#skipBlanks();
    if (this.#at < this.#text.length) this.refuse(expected);
  }

  /** Goes back to the beginning of what was taken last, to say that it is not what is allowed. */
  reject(taken: string, expected: string): never {
    this.#at -= taken.length;
    return this.refuse(expected);
  }

  /** Throws SyntaxProblem: this was expected, and something else was found. */
  refuse(expected: string): never {
    const [next] = /^[^\s:;]+|^\S/u.exec(this.#text.slice(this.#at)) ?? [];
    const found = next === undefined ? 'the step ends' : `found ${quoted(next)}`;
    throw new SyntaxProblem(`column ${this.#firstColumn + this.#at}: expected ${expected}, ${found}`);
  }

  #skipBlanks(): void {
    this.#at += /^\s*/u.exec(this.#text.slice(this.#at))?.[0].length ?? 0;
  }
}
