import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Turnstile } from '../../../src/scaler/trigger/turnstile.ts';
import { HandClock } from '../../support/hand-clock.ts';

function build(mostInside = Infinity) {
  const clock = new HandClock();
  const turnstile = new Turnstile({ clock, perSecond: 1_000, mostInside });
  const begun: { readonly who: number; readonly size: number; readonly atMs: number; readonly leave: () => void }[] =
    [];
  const startMs = clock.nowMs();
  let asked = 0;
  const ask = (size: number): (() => void) => {
    const who = asked++;
    return turnstile.ask(size, (leave) => begun.push({ who, size, atMs: clock.nowMs() - startMs, leave }));
  };
  return { clock, turnstile, begun, ask, times: () => begun.map(({ atMs }) => atMs) };
}

describe('Turnstile', () => {
  it('lets few go at once', () => {
    const { ask, times } = build();
    for (const size of [40, 40, 20]) ask(size);

    expect(times()).toEqual([0, 0, 0]);
  });

  it('lets many go one after the other, at the rate', async () => {
    const { clock, ask, times } = build();
    for (let i = 0; i < 6; i += 1) ask(100);
    await clock.advance(1_000);

    expect(times()).toEqual([0, 0, 100, 200, 300, 400]);
  });

  it('does not save up for later what nobody used', async () => {
    const { clock, ask, times } = build();
    await clock.advance(3_600_000);
    ask(1_000);
    ask(1);
    await clock.advance(1_000);

    expect(times()).toEqual([3_600_000, 3_600_900]);
  });

  it('lets nothing begin while too much is under way', async () => {
    const { clock, begun, ask, times } = build(10);
    for (const size of [8, 8, 1, 1]) ask(size);
    await clock.advance(500);
    expect(times()).toEqual([0, 0]);

    begun[0]?.leave();
    expect(times()).toEqual([0, 0, 500, 500]);
  });

  it('lets in work that is larger than all that may be under way', () => {
    const { ask, begun } = build(10);
    ask(50);

    expect(begun).toHaveLength(1);
  });

  it('passes over who has left the queue, whose going may let others go', async () => {
    const { clock, ask, begun } = build();
    ask(1_000);
    const cancel = ask(10);
    ask(10);
    cancel();
    await clock.advance(1_000);

    expect(begun.map(({ who }) => who)).toEqual([0, 2]);
    expect(clock.pending).toBe(0);
  });

  it('says how long the next in turn has waited', async () => {
    const { clock, turnstile, ask } = build();
    ask(5_000);
    ask(1);
    await clock.advance(3_000);
    expect(turnstile.waitMs).toBe(3_000);

    await clock.advance(3_000);
    expect(turnstile.waitMs).toBe(0);
  });

  it('does not make anybody wait for a clock that was set back', () => {
    let nowMs = 3_600_000;
    const clock = { nowMs: () => nowMs, after: () => () => undefined };
    const turnstile = new Turnstile({ clock, perSecond: 1_000, mostInside: Infinity });
    let begun = 0;
    turnstile.ask(1_000, () => (begun += 1));
    nowMs = 0;
    turnstile.ask(10, () => (begun += 1));
    turnstile.ask(10, () => (begun += 1));

    expect(begun).toBe(3);
  });

  it('never lets more begin in a second than the rate and one burst, and keeps the order', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 100 });
    await fc.assert(
      fc.asyncProperty(sizes, async (all) => {
        const { clock, ask, begun } = build();
        for (const size of all) ask(size);
        await clock.advance(10_000);

        expect(begun.map(({ who }) => who)).toEqual(all.map((_, index) => index));
        for (const { atMs } of begun) {
          const inSecond = begun.filter((other) => other.atMs >= atMs && other.atMs < atMs + 1_000);
          expect(inSecond.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(1_000 + 100 + 50);
        }
      }),
      { numRuns: 30 },
    );
  });
});
