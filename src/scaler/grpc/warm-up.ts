import type { Cancel, Clock } from '../../domain/clock.ts';

/** The first moments of a trigger, in which a caller may be made to wait for the first decision. */
export class WarmUp {
  /** Resolves when it is over. */
  readonly ended: Promise<void>;
  #over = false;
  #resolve: () => void = () => undefined;
  readonly #cancel: Cancel;

  constructor(clock: Clock, longestMs: number) {
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#cancel = clock.after(longestMs, () => this.end());
  }

  get over(): boolean {
    return this.#over;
  }

  end(): void {
    this.#over = true;
    this.#cancel();
    this.#resolve();
  }
}
