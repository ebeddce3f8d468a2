import { describe, expect, it } from 'vitest';
import { parseSampleValue } from '../../../src/signals/exposition/line.ts';

describe('parseSampleValue', () => {
  it.each([
    ['3', 3],
    ['1e+06', 1e6],
    ['nan', NaN],
    ['+Inf', Infinity],
    ['-inf', -Infinity],
    ['', undefined],
    [' ', undefined],
    ['0x1', undefined],
    ['1_000', undefined],
    ['Infinit', undefined],
    ['null', undefined],
  ])('of %j is %j', (text, expected) => {
    expect(parseSampleValue(text)).toBe(expected);
  });
});
