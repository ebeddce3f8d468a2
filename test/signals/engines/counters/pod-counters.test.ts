import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PodCounters } from '../../../../src/signals/engines/counters/pod-counters.ts';
import type { PodValue } from '../../../../src/signals/engines/pod-value.ts';
import type { Sample } from '../../../../src/signals/exposition/exposition.ts';

function counters(values: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(values).map(([status, value]) => ({
    name: 'requests_total',
    labels: new Map([['status', status]]),
    value,
  }));
}

/** Reads one pod at the given seconds; answers what each read said. */
function readings(...reads: [second: number, values: Record<string, number>][]): PodValue[] {
  const rates = new PodCounters();
  return reads.map(([second, values]) => rates.rate('llama-0', 'requestRate', counters(values), second * 1_000));
}

const known = (value: number): PodValue => ({ state: 'known', value });
const needsTwo: PodValue = { state: 'unknown', reason: 'a rate needs two reads' };
const wasReset: PodValue = { state: 'unknown', reason: 'its counters were reset; a rate needs two reads' };

describe('the rate of counters', () => {
  it('needs two reads, and is 0 where nothing was counted between them', () => {
    expect(readings([0, { ok: 900 }], [10, { ok: 950 }])).toEqual([needsTwo, known(5)]);
    expect(readings([0, { ok: 900 }], [10, { ok: 900 }])).toEqual([needsTwo, known(0)]);
  });

  it('adds up the counters of a pod', () => {
    expect(readings([0, { ok: 10, failed: 5 }], [10, { ok: 20, failed: 15 }])[1]).toEqual(known(2));
  });

  it('is the average over half a minute', () => {
    const rates = readings([0, { ok: 0 }], [10, { ok: 60 }], [20, { ok: 60 }], [30, { ok: 60 }], [40, { ok: 60 }]);
    expect(rates.slice(1)).toEqual([known(6), known(3), known(2), known(0)]);
  });

  it('starts over after a reset, with neither a negative rate nor a leap', () => {
    expect(readings([0, { ok: 900 }], [10, { ok: 40 }], [20, { ok: 50 }])).toEqual([needsTwo, wasReset, known(1)]);
    const one = readings([0, { ok: 900, failed: 3 }], [10, { ok: 950, failed: 0 }], [20, { ok: 960, failed: 0 }]);
    expect(one).toEqual([needsTwo, wasReset, known(1)]);
  });

  it('counts a series that is new from its second reading on', () => {
    const reads = readings([0, { ok: 10 }], [10, { ok: 20, old: 9_000 }], [20, { ok: 30, old: 9_010 }]);
    expect(reads).toEqual([needsTwo, known(1), known(1.5)]);
    expect(readings([0, { a: 10 }], [10, { b: 9_000 }])[1]).toEqual(wasReset);
  });

  it('is of no use after a long silence, or when the clock was set back', () => {
    expect(readings([0, { ok: 0 }], [121, { ok: 9_000 }], [131, { ok: 9_010 }])).toEqual([
      needsTwo,
      needsTwo,
      known(1),
    ]);
    expect(readings([60, { ok: 0 }], [10, { ok: 50 }], [20, { ok: 60 }])).toEqual([needsTwo, needsTwo, known(1)]);
  });

  it('is not taken from two readings at almost the same time', () => {
    expect(readings([0, { ok: 0 }], [0.001, { ok: 5 }], [10, { ok: 20 }])).toEqual([needsTwo, needsTwo, known(2)]);
  });

  it('is kept for each pod and signal, until the pod goes', () => {
    const rates = new PodCounters();
    const at = (pod: string, what: string, value: number, second: number): PodValue =>
      rates.rate(pod, what, counters({ ok: value }), second * 1_000);
    at('a', 'requestRate', 0, 0);
    expect(at('b', 'requestRate', 10, 10)).toEqual(needsTwo);
    expect(at('a', 'tokenRate', 10, 10)).toEqual(needsTwo);
    expect(at('a', 'requestRate', 10, 10)).toEqual(known(1));
    rates.keepOnly(['b']);
    expect(at('a', 'requestRate', 20, 20)).toEqual(needsTwo);
    expect(at('b', 'requestRate', 20, 20)).toEqual(known(1));
  });

  it('is never negative, nor more than what the counter rose, whatever it does', () => {
    const step = fc.record({ spanMs: fc.integer({ min: -1_000, max: 60_000 }), value: fc.nat(1_000_000) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 30 }), (steps) => {
        const rates = new PodCounters();
        let atMs = 0;
        let risen = 0;
        for (const [index, { spanMs, value }] of steps.entries()) {
          atMs += spanMs;
          risen += Math.max(0, value - (steps[index - 1]?.value ?? value));
          const rate = rates.rate('a', 'requestRate', counters({ ok: value }), atMs);
          if (rate.state === 'unknown') continue;
          expect(rate.value).toBeGreaterThanOrEqual(0);
          // No two readings less than half a second apart make a rate.
          expect(rate.value).toBeLessThanOrEqual(risen / 0.5);
        }
      }),
    );
  });

  it('is the true rate of counters that grow steadily, however they are spread over series', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 }),
        (perSecond, spans) => {
          const rates = new PodCounters();
          let second = 0;
          const read = (): PodValue =>
            rates.rate('a', 'tokenRate', counters(Object.fromEntries(perSecond.map((rate, index) => [`s${index}`, 7 + rate * second]))), second * 1_000); // prettier-ignore
          read();
          const expected = perSecond.reduce((sum, rate) => sum + rate, 0);
          for (const span of spans) {
            second += span;
            const rate = read();
            expect(rate.state === 'known' && rate.value).toBeCloseTo(expected, 6);
          }
        },
      ),
    );
  });
});
