import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addHistograms, quantileOf } from '../../../../src/signals/engines/timings/histogram.ts';

const bounds = [0.5, 1, 2, Infinity];

describe('the quantile of a histogram', () => {
  it.each<[string, number[], number, unknown]>([
    ['lies evenly within its bucket', [0, 40, 80, 80], 0.75, { seconds: 1.5 }],
    ['may lie on a bound', [0, 50, 100, 100], 0.5, { seconds: 1 }],
    ['is not known where nothing was counted', [0, 0, 0, 0], 0.99, undefined],
    [
      'beyond the last finite bucket is its bound, and says so',
      [0, 0, 10, 100],
      0.99,
      { seconds: 2, note: 'more than 2 s, the bound of the last bucket' },
    ],
    [
      'within the first bucket is a guess, and says so',
      [100, 100, 100, 100],
      0.99,
      { seconds: 0.495, note: 'at most 0.5 s, the bound of the first bucket' },
    ],
    [
      'takes buckets that were read while requests ended',
      [0, 41, 40, 80],
      0.25,
      { seconds: expect.closeTo(0.744, 3) as number },
    ],
  ])('%s', (_, counts, share, expected) => {
    expect(quantileOf({ bounds, counts }, share)).toEqual(expected);
  });

  it('never lies outside the bucket in which the true one does', () => {
    const times = fc.array(fc.double({ min: 0.001, max: 1.99, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(times, fc.constantFrom(0.5, 0.95, 0.99), (taken, share) => {
        const counts = bounds.map((bound) => taken.filter((time) => time <= bound).length);
        const truth = [...taken].sort((a, b) => a - b)[Math.ceil(share * taken.length) - 1] ?? NaN;
        const bucket = bounds.findIndex((bound) => truth <= bound);
        const seconds = quantileOf({ bounds, counts }, share)?.seconds ?? NaN;
        expect(seconds).toBeGreaterThanOrEqual(bounds[bucket - 1] ?? 0);
        expect(seconds).toBeLessThanOrEqual((bounds[bucket] ?? NaN) + 1e-9);
      }),
    );
  });

  it('of requests taken together lies between those of their parts', () => {
    const part = fc.array(fc.nat(50), { minLength: 3, maxLength: 3 }).map((grown) => {
      const counts = grown.map((_, index) => grown.slice(0, index + 1).reduce((sum, one) => sum + one, 0));
      return { bounds, counts: [...counts, counts.at(-1) ?? 0] };
    });
    fc.assert(
      fc.property(part, part, fc.constantFrom(0.5, 0.95, 0.99), (one, other, share) => {
        const all = quantileOf(addHistograms(one, other), share)?.seconds;
        const parts = [one, other].flatMap((histogram) => quantileOf(histogram, share)?.seconds ?? []);
        if (all === undefined) expect(parts).toEqual([]);
        else {
          expect(all).toBeGreaterThanOrEqual(Math.min(...parts) - 1e-9);
          expect(all).toBeLessThanOrEqual(Math.max(...parts) + 1e-9);
        }
      }),
    );
  });
});
