import type { Clock, EpochMs } from '../domain/clock.ts';

/**
 * Milliseconds until the next turn that is at least half an interval after `sinceMs`; 0 where that is over. Turns are at whole
 * multiples of the interval, so that a process which asks several again and again is woken once for all: being woken costs more
 * than most of what it then does.
 */
export function untilNextTurn(clock: Clock, intervalMs: number, sinceMs: EpochMs = clock.nowMs()): number {
  const turnMs = Math.ceil(sinceMs / intervalMs + 0.5) * intervalMs;
  // A clock that was set back since then must not make the wait long.
  return Math.min(1.5 * intervalMs, Math.max(0, turnMs - clock.nowMs()));
}
