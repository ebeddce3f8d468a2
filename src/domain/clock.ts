/** A point in time: milliseconds since the Unix epoch. */
export type EpochMs = number;

/** Takes a planned call back. Calling it twice, or after the call was made, does nothing. */
export type Cancel = () => void;

/**
 * The only way to know or wait for the time. Programs take a real one, tests a hand-driven one, and the demo one that
 * runs faster than the world, shared by all its processes.
 */
export interface Clock {
  nowMs(): EpochMs;
  /** Calls `call` once, when `delayMs` of this clock's time have passed; a delay of 0 or less means as soon as possible. */
  after(delayMs: number, call: () => void): Cancel;
}

/** Resolves when `delayMs` of the clock's time have passed. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}

/** Like `sleep`, but also resolves as soon as `signal` is aborted; leaves no timer and no listener behind. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(delayMs, end);
    signal.addEventListener('abort', end);
  });
}
