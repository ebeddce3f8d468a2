import type { Clock } from '../domain/clock.ts';
import { pause } from '../domain/clock.ts';

/** Works now and then every `intervalMs`, or as soon as the work is done where that takes longer, until `signal` is aborted. */
export async function repeat(
  clock: Clock,
  intervalMs: number,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    const interval = pause(clock, intervalMs, signal);
    await work();
    await interval;
  }
}
