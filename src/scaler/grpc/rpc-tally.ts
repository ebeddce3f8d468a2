import type { Clock } from '../../domain/clock.ts';
import type { Durations } from '../answers/message.ts';

const handOnEveryMs = 1_000;

/** Gathers how long calls took and hands it on once a second: one message for each call would cost as much as the call. */
export class RpcTally {
  readonly #clock: Clock;
  readonly #handOn: (calls: readonly Durations[]) => void;
  readonly #seconds = new Map<string, { method: string; status: string; seconds: number[] }>();

  constructor(clock: Clock, handOn: (calls: readonly Durations[]) => void) {
    this.#clock = clock;
    this.#handOn = handOn;
  }

  note(method: string, status: string, seconds: number): void {
    if (this.#seconds.size === 0) this.#clock.after(handOnEveryMs, () => this.flush());
    const key = `${method} ${status}`;
    const known = this.#seconds.get(key);
    if (known) known.seconds.push(seconds);
    else this.#seconds.set(key, { method, status, seconds: [seconds] });
  }

  /** Hands on what there is. */
  flush(): void {
    if (this.#seconds.size > 0) this.#handOn([...this.#seconds.values()]);
    this.#seconds.clear();
  }
}
