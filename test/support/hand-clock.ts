import type { Cancel, Clock, EpochMs } from '../../src/domain/clock.ts';

interface Planned {
  readonly dueMs: EpochMs;
  readonly call: () => void;
}

/** A clock that moves only when a test says so, and makes the calls that fall due on its way, in order. */
export class HandClock implements Clock {
  #nowMs: EpochMs;
  readonly #planned = new Set<Planned>();

  constructor(start: EpochMs | string = 0) {
    this.#nowMs = typeof start === 'string' ? Temporal.Instant.from(start).epochMilliseconds : start;
  }

  nowMs(): EpochMs {
    return this.#nowMs;
  }

  after(delayMs: number, call: () => void): Cancel {
    const planned = { dueMs: this.#nowMs + Math.max(0, delayMs), call };
    this.#planned.add(planned);
    return () => this.#planned.delete(planned);
  }

  /** Moves the time on by `byMs`; lets promises settle after each call that falls due. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    await settle();
    for (let next = this.#nextDue(untilMs); next; next = this.#nextDue(untilMs)) {
      this.#planned.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.call();
      await settle();
    }
    this.#nowMs = untilMs;
  }

  /** Moves the time without making any call, as a clock that jumps does. */
  jumpTo(time: EpochMs): void {
    this.#nowMs = time;
  }

  /** Calls that wait: a test of "no timer is left behind" looks here. */
  get pending(): number {
    return this.#planned.size;
  }

  #nextDue(untilMs: EpochMs): Planned | undefined {
    let next: Planned | undefined;
    for (const planned of this.#planned) {
      if (planned.dueMs <= untilMs && (!next || planned.dueMs < next.dueMs)) next = planned;
    }
    return next;
  }
}

/** Lets everything that is already resolved run. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
}
