import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../src/domain/duration.ts';

describe('parseDuration', () => {
  it.each([
    ['250ms', 250],
    ['90s', 90_000],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['1.5h', 5_400_000],
    ['0s', 0],
    [' 5m ', 300_000],
    ['1.1h', 3_960_000],
  ])('reads %j', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  it.each(['', ' ', '5', '5 m', '-5m', '+5m', '5M', 'm', '1h30', '.5h', '1.h', '1e3s', '0x10s', 'Infinity', 'NaNs'])(
    'does not take %j for a duration',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  it('does not take more than a number can count exactly', () => {
    expect(parseDuration(`${'9'.repeat(400)}d`)).toBeUndefined();
    expect(parseDuration('9007199254740993ms')).toBeUndefined();
  });

  it('answers whole milliseconds or undefined for any text, however long', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[0-9.]{0,9}(ms|s|m|h|d)[0-9]{0,3}$/));
    fc.assert(fc.property(text, (given) => Number.isSafeInteger(parseDuration(given) ?? 0)));
    expect(parseDuration('1m'.repeat(10_000))).toBe(600_000_000);
    expect(parseDuration('1'.repeat(100_000))).toBeUndefined();
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0ms'],
    [250, '250ms'],
    [999.6, '1s'],
    [-0.4, '0ms'],
    [59_999, '1m'],
    [250_000, '4m10s'],
    [3_600_000, '1h'],
    [3_605_000, '1h'],
    [90_061_000, '1d1h'],
    [-90_000, '-1m30s'],
  ])('writes %d as %s', (durationMs, expected) => {
    expect(formatDuration(durationMs)).toBe(expected);
  });

  it('writes what parseDuration reads as nearly the same duration', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 * 86_400_000 }), (durationMs) => {
        const read = parseDuration(formatDuration(durationMs));
        // Two units are kept, so what is lost is less than one of the smaller.
        const smallerUnitMs =
          durationMs < 1_000 ? 1 : durationMs < 3_599_500 ? 1_000 : durationMs < 86_399_500 ? 60_000 : 3_600_000;
        expect(Math.abs((read ?? NaN) - durationMs)).toBeLessThan(smallerUnitMs);
      }),
    );
  });
});
