import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutText } from '../../src/domain/cut-text.ts';

describe('cutText', () => {
  it.each([
    ['', 3, ''],
    ['abc', 3, 'abc'],
    ['abcd', 3, 'abc…'],
    ['ab🦙', 3, 'ab🦙'],
    ['ab🦙🦙', 3, 'ab🦙…'],
    ['a🦙🦙🦙', 3, 'a🦙🦙…'],
    ['🦙🦙🦙', 3, '🦙🦙🦙'],
    ['a\ud83e', 3, 'a\ufffd'],
    ['\udd99abc', 3, '\ufffdab…'],
  ])('%j to %i: %j', (text, max, shown) => {
    expect(cutText(text, max)).toBe(shown);
  });

  it('answers well-formed text that is no longer than asked for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.nat(20), (text, more, max) => {
        const shown = cutText(text.slice(1) + more, max);
        expect(shown.isWellFormed()).toBe(true);
        expect(Array.from(shown).length).toBeLessThanOrEqual(max + 1);
      }),
    );
  });
});
