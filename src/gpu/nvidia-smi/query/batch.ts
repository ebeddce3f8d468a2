import type { CsvRow } from './csv.ts';

/**
 * Puts the lines of one iteration together. An iteration is over when as many GPUs were read as the driver counts, or
 * when the index starts anew; the caller ends one that falls silent before that.
 */
export class Batch {
  #rows: CsvRow[] = [];

  get isEmpty(): boolean {
    return this.#rows.length === 0;
  }

  /** Takes a line in; answers the iterations that it completes, oldest first: none, one, or two. */
  push(row: CsvRow): CsvRow[][] {
    const complete: CsvRow[][] = [];
    const last = this.#rows.at(-1);
    if (last && row.device.index <= last.device.index) complete.push(this.take());
    this.#rows.push(row);
    if (row.count !== undefined && this.#rows.length >= row.count) complete.push(this.take());
    return complete;
  }

  /** What has been read of the current iteration; the next line begins a new one. */
  take(): CsvRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }
}
