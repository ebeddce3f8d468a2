import type { Cancel, Clock, EpochMs } from '../../domain/clock.ts';

/** What is asked for within this goes through together, so that few who ask never wait. */
const burstMs = 100;
/** No debt is longer: one that seems so is a clock that was set back. */
const longestDebtMs = 120_000;

interface TurnstileSetting {
  readonly clock: Clock;
  /** How much may begin per second. */
  readonly perSecond: number;
  /** How much may be under way before nothing more begins: what is slow must not be piled up. */
  readonly mostInside: number;
}

interface Waiting {
  readonly size: number;
  readonly sinceMs: EpochMs;
  readonly go: (leave: () => void) => void;
  isCancelled: boolean;
}

/**
 * Lets work begin at a bounded rate and with a bounded amount under way, in the order in which it asks: nobody is passed
 * over, however many there are.
 */
export class Turnstile {
  readonly #setting: TurnstileSetting;
  readonly #perMs: number;
  #queue: Waiting[] = [];
  #inside = 0;
  /** When all that has begun so far is paid for. */
  #paidAtMs: EpochMs = 0;
  #cancelTimer: Cancel | undefined;

  constructor(setting: TurnstileSetting) {
    this.#setting = setting;
    this.#perMs = setting.perSecond / 1_000;
  }

  /** How long the one whose turn comes next has waited. */
  get waitMs(): number {
    const [next] = this.#queue;
    return next ? Math.max(0, this.#setting.clock.nowMs() - next.sinceMs) : 0;
  }

  /** Calls `go` when it is the turn of work of this size, at once where nobody waits; `leave` is to be called at its end. */
  ask(size: number, go: (leave: () => void) => void): Cancel {
    const waiting: Waiting = { size, go, sinceMs: this.#setting.clock.nowMs(), isCancelled: false };
    this.#queue.push(waiting);
    this.#advance();
    return () => {
      waiting.isCancelled = true;
      this.#advance();
    };
  }

  #advance(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    for (let next = this.#queue[0]; next; next = this.#queue[0]) {
      const waitMs = next.isCancelled ? 0 : this.#untilFreeMs();
      if (waitMs > 0) {
        // While it is full, whoever leaves lets the next one in.
        if (waitMs !== Infinity) this.#cancelTimer = this.#setting.clock.after(waitMs, () => this.#advance());
        return;
      }
      this.#queue.shift();
      if (!next.isCancelled) this.#admit(next);
    }
  }

  #untilFreeMs(): number {
    if (this.#inside >= this.#setting.mostInside) return Infinity;
    const debtMs = this.#paidAtMs - this.#setting.clock.nowMs();
    return debtMs > longestDebtMs ? 0 : debtMs - burstMs;
  }

  #admit({ size, go }: Waiting): void {
    const nowMs = this.#setting.clock.nowMs();
    const debtMs = this.#paidAtMs - nowMs;
    this.#paidAtMs = nowMs + (debtMs > longestDebtMs ? 0 : Math.max(0, debtMs)) + size / this.#perMs;
    this.#inside += size;
    go(() => {
      this.#inside -= size;
      this.#advance();
    });
  }
}
