const firstDelayMs = 500;
const longestDelayMs = 30_000;

/** How long to wait before trying again: doubled by every failure in a row, up to 30 s. */
export class Backoff {
  #delayMs = firstDelayMs;

  /** The delay to wait now: spread by up to a quarter, so that many watches do not come back in step. */
  next(): number {
    const delayMs = this.#delayMs;
    this.#delayMs = Math.min(longestDelayMs, delayMs * 2);
    return delayMs * (1 - Math.random() / 4);
  }

  reset(): void {
    this.#delayMs = firstDelayMs;
  }
}
