import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestName } from '../../src/domain/nearest-name.ts';

const known = ['queueTarget', 'queueFrom', 'timezone', 'url', 'jobs'];

describe('nearestName', () => {
  it.each([
    ['queueTraget', 'queueTarget'],
    ['QUEUETARGET', 'queueTarget'],
    ['timzone', 'timezone'],
    ['ulr', 'url'],
    ['lru', undefined],
    ['ur', 'url'],
    ['job', 'jobs'],
    ['password', undefined],
    ['', undefined],
  ])('of %j is %j', (word, expected) => {
    expect(nearestName(word, known)).toBe(expected);
  });

  it('finds a known name after any one letter was lost', () => {
    fc.assert(
      fc.property(fc.constantFrom('queueTarget', 'timezone', 'passwordFile'), fc.nat(), (name, at) => {
        const index = at % name.length;
        const word = name.slice(0, index) + name.slice(index + 1);
        expect(nearestName(word, ['queueTarget', 'timezone', 'passwordFile', 'url'])).toBe(name);
      }),
    );
  });
});
