import type { Clock, EpochMs } from '../../domain/clock.ts';

interface Dated {
  readonly observedAtMs: EpochMs;
}

/** One reading that all who ask share while it is young, so that the number of ScaledObjects costs nothing. */
export class SharedReading<T extends Dated> {
  readonly #clock: Clock;
  readonly #maxAgeMs: number;
  readonly #take: () => Promise<T>;
  #last: T | undefined;
  #underWay: Promise<T> | undefined;

  /** @param take makes a new one */
  constructor(clock: Clock, maxAgeMs: number, take: () => Promise<T>) {
    this.#clock = clock;
    this.#maxAgeMs = maxAgeMs;
    this.#take = take;
  }

  /** The last one while it is young, else a new one; never more than one at a time. Rejects where `take` does. */
  get(): Promise<T> {
    if (this.#last && this.#isYoung(this.#last)) return Promise.resolve(this.#last);
    this.#underWay ??= this.#renew().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #renew(): Promise<T> {
    this.#last = await this.#take();
    return this.#last;
  }

  #isYoung({ observedAtMs }: Dated): boolean {
    const ageMs = this.#clock.nowMs() - observedAtMs;
    // A clock that was set back must not keep a reading young for hours.
    return ageMs >= 0 && ageMs < this.#maxAgeMs;
  }
}
