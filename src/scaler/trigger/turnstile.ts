import type { Clock, EpochMs } from '../../domain/clock.ts';

/** What is asked for within this goes through together, so that few who ask never wait. */
const burstMs = 100;
/** Nobody waits longer: a queue that seems longer is a clock that was set back. */
const longestWaitMs = 120_000;

/** Lets work begin at a bounded rate, in the order in which it asks: nobody is passed over, however many there are. */
export class Turnstile {
  readonly #clock: Clock;
  readonly #perMs: number;
  /** When all that has asked so far will have begun. */
  #busyUntilMs: EpochMs = 0;

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perMs = perSecond / 1_000;
  }

  /** How long somebody who asks now has to wait. */
  get waitMs(): number {
    const waitMs = this.#busyUntilMs - this.#clock.nowMs();
    return waitMs > longestWaitMs ? 0 : Math.max(0, waitMs - burstMs);
  }

  /** Takes the next turn for work of this size; answers how long to wait for it. */
  take(size: number): number {
    const { waitMs } = this;
    const nowMs = this.#clock.nowMs();
    const fromMs = waitMs > 0 ? this.#busyUntilMs : Math.max(nowMs, Math.min(this.#busyUntilMs, nowMs + burstMs));
    this.#busyUntilMs = fromMs + size / this.#perMs;
    return waitMs;
  }
}
