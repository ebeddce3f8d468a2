import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Turnstile } from '../../../src/scaler/trigger/turnstile.ts';
import { HandClock } from '../../support/hand-clock.ts';

describe('Turnstile', () => {
  it('lets few go at once', () => {
    const turnstile = new Turnstile(new HandClock(), 1_000);

    expect([turnstile.take(40), turnstile.take(40), turnstile.take(20)]).toEqual([0, 0, 0]);
  });

  it('lets many go one after the other, at the rate', () => {
    const turnstile = new Turnstile(new HandClock(), 1_000);
    const waits = Array.from({ length: 6 }, () => turnstile.take(100));

    expect(waits).toEqual([0, 0, 100, 200, 300, 400]);
    expect(turnstile.waitMs).toBe(500);
  });

  it('is free again when what asked has begun', async () => {
    const clock = new HandClock();
    const turnstile = new Turnstile(clock, 1_000);
    turnstile.take(5_000);
    expect(turnstile.waitMs).toBe(4_900);

    await clock.advance(10_000);

    expect(turnstile.waitMs).toBe(0);
    expect(turnstile.take(1)).toBe(0);
  });

  it('does not save up for later what nobody used', async () => {
    const clock = new HandClock();
    const turnstile = new Turnstile(clock, 1_000);
    await clock.advance(3_600_000);
    turnstile.take(1_000);

    expect(turnstile.waitMs).toBe(900);
  });

  it('does not make anybody wait for a clock that was set back', () => {
    let nowMs = 3_600_000;
    const turnstile = new Turnstile({ nowMs: () => nowMs, after: () => () => undefined }, 1_000);
    turnstile.take(1_000);
    nowMs = 0;

    expect(turnstile.take(10)).toBe(0);
    expect(turnstile.waitMs).toBeLessThan(100);
  });

  it('never lets more begin in a second than the rate and one burst', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 200 }), (sizes) => {
        const turnstile = new Turnstile(new HandClock(), 1_000);
        const begun = sizes.map((size) => ({ size, atMs: turnstile.take(size) }));
        for (const { atMs } of begun) {
          const inSecond = begun.filter((other) => other.atMs >= atMs && other.atMs < atMs + 1_000);
          const largest = Math.max(...sizes);
          expect(inSecond.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(1_000 + 100 + 2 * largest);
        }
      }),
    );
  });
});
