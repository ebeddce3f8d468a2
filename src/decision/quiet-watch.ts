import type { EpochMs } from '../domain/clock.ts';

/** Keeps since when a workload has been quiet without a gap. */
export class QuietWatch {
  readonly #longestGapMs: number;
  #sinceMs: EpochMs | undefined;
  #seenMs: EpochMs = 0;

  /** @param longestGapMs time that nobody looked is not known to have been quiet, beyond this */
  constructor(longestGapMs: number) {
    this.#longestGapMs = longestGapMs;
  }

  /** Notes one look at the workload, and answers since when it has been quiet; undefined while it is not. */
  note(quiet: boolean, nowMs: EpochMs): EpochMs | undefined {
    const sinceLastMs = nowMs - this.#seenMs;
    const unbroken = sinceLastMs >= 0 && sinceLastMs <= this.#longestGapMs;
    this.#sinceMs = quiet ? ((unbroken ? this.#sinceMs : undefined) ?? nowMs) : undefined;
    this.#seenMs = nowMs;
    return this.#sinceMs;
  }
}
