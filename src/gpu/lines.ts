/** Cuts a stream of text into lines. What follows the last line break is kept until its own comes, so half a line is never told. */
export class LineSplitter {
  #rest = '';
  #skipping = false;
  readonly #onLine: (line: string) => void;
  readonly #onOverlong: () => void;
  readonly #longestLine: number;

  /** @param longestLine a longer one is noise that must not fill the memory */
  constructor(onLine: (line: string) => void, onOverlong: () => void, longestLine: number) {
    this.#onLine = onLine;
    this.#onOverlong = onOverlong;
    this.#longestLine = longestLine;
  }

  push(chunk: string): void {
    const parts = (this.#rest + chunk).split('\n');
    this.#rest = parts.pop() ?? '';
    for (const part of parts) this.#tell(part);
    if (this.#rest.length <= this.#longestLine) return;
    this.#rest = '';
    this.#skipping = true;
  }

  #tell(part: string): void {
    if (this.#skipping || part.length > this.#longestLine) {
      this.#skipping = false;
      this.#onOverlong();
    } else {
      this.#onLine(part.replace(/\r$/, ''));
    }
  }
}
