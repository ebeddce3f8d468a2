/** How often the scale subresource of one object is read, where few are. */
const shortestIntervalMs = 5_000;
/** Of all that are polled together, no more are read than one in this time. */
const spacingMs = 20;

/** How often each of the objects that are polled is read: the more there are, the less often, so that the API server is spared. */
export class PollPace {
  #polled = 0;

  /** One more is polled, until what this returns is called. */
  join(): () => void {
    this.#polled += 1;
    let isIn = true;
    return () => {
      if (isIn) this.#polled -= 1;
      isIn = false;
    };
  }

  get intervalMs(): number {
    return Math.max(shortestIntervalMs, this.#polled * spacingMs);
  }
}
