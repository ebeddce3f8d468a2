import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { untilNextTurn } from '../../src/gpu/turns.ts';
import { HandClock } from '../support/hand-clock.ts';

const intervalMs = 1_000;

describe('the wait for the next turn', () => {
  it.each([
    { name: 'asked on time and answered soon', sinceMs: 10_000, nowMs: 10_030, waitMs: 970 },
    { name: 'a timer that rang a little early', sinceMs: 9_999, nowMs: 10_001, waitMs: 999 },
    { name: 'a timer that rang late', sinceMs: 10_300, nowMs: 10_310, waitMs: 690 },
    { name: 'less than half an interval is no turn', sinceMs: 10_600, nowMs: 10_600, waitMs: 1_400 },
    { name: 'an answer that took longer than the interval', sinceMs: 10_000, nowMs: 11_200, waitMs: 0 },
    { name: 'a clock that was set back by an hour meanwhile', sinceMs: 3_610_000, nowMs: 10_000, waitMs: 1_500 },
  ])('$name', ({ sinceMs, nowMs, waitMs }) => {
    expect(untilNextTurn(new HandClock(nowMs), intervalMs, sinceMs)).toBe(waitMs);
  });

  it('whoever began at whatever time is woken at the same times from then on', () => {
    const times = fc.integer({ min: 0, max: 2 ** 41 });
    fc.assert(
      fc.property(times, fc.integer({ min: 10, max: 60_000 }), (nowMs, every) => {
        const waitMs = untilNextTurn(new HandClock(nowMs), every);
        expect((nowMs + waitMs) % every).toBe(0);
        expect(waitMs).toBeGreaterThanOrEqual(every / 2);
        expect(waitMs).toBeLessThanOrEqual(1.5 * every);
      }),
    );
  });
});
