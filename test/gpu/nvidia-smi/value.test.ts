import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { celsius, count, isUnavailable, mebibytes, megahertz, percent, readBits, readQuantity, watts, yesOrNo } from '../../../src/gpu/nvidia-smi/value.ts'; // prettier-ignore

const words = [
  '',
  'N/A',
  '[N/A]',
  '[Not Supported]',
  'Not Supported',
  '[Unknown Error]',
  'Unknown Error',
  '[Insufficient Permissions]',
  '[GPU requires reset]',
  '[GPU is lost]',
  'ERR!',
  '-',
  'Requested functionality has been deprecated',
  '[Requested functionality has been deprecated]',
  '[whatever a later driver says]',
];

describe('readQuantity', () => {
  it.each(words)('takes %j for no value, never for 0', (word) => {
    expect(isUnavailable(word)).toBe(true);
    expect(readQuantity(word, percent)).toBeUndefined();
    expect(readQuantity(word, mebibytes)).toBeUndefined();
  });

  it.each([
    ['0', percent, 0],
    ['7 %', percent, 0.07],
    ['100', percent, 1],
    ['81559 MiB', mebibytes, 85_520_809_984],
    ['1', mebibytes, 1_048_576],
    ['1980 MHz', megahertz, 1_980_000_000],
    ['631.95 W', watts, 631.95],
    ['-5', celsius, -5],
    ['57 C', celsius, 57],
    ['Yes', yesOrNo, 1],
    ['No', yesOrNo, 0],
    ['12', count, 12],
  ])('reads %j in base units', (text, quantity, value) => {
    expect(readQuantity(text, quantity)).toBe(value);
  });

  it.each([
    ['101', percent, 'out-of-range'],
    ['4294967295', percent, 'out-of-range'],
    ['-1', percent, 'out-of-range'],
    ['-1', mebibytes, 'out-of-range'],
    ['80 GiB', mebibytes, 'unreadable'],
    ['18446744073709551615', mebibytes, 'unreadable'],
    ['1e3', watts, 'unreadable'],
    ['NaN', watts, 'unreadable'],
    ['Infinity', celsius, 'unreadable'],
    ['0x10', megahertz, 'unreadable'],
    ['50 W', percent, 'unreadable'],
    ['9000', celsius, 'out-of-range'],
    ['Perhaps', yesOrNo, 'unreadable'],
    ['2', yesOrNo, 'out-of-range'],
    ['5 us', count, 'unreadable'],
  ])('does not believe %j', (text, quantity, reason) => {
    expect(readQuantity(text, quantity)).toBe(reason);
  });

  it('answers a number within bounds, nothing, or why not, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String)), (text) => {
        const value = readQuantity(text, percent);
        return typeof value !== 'number' || (value >= 0 && value <= 1);
      }),
    );
  });

  it('reads every whole percent as the driver means it', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 100 }), (n) => readQuantity(`${n} %`, percent) === n / 100));
  });
});

describe('readBits', () => {
  it.each([
    ['0x0000000000000004', 4n],
    ['0xFFFFFFFFFFFFFFFF', 0xffff_ffff_ffff_ffffn],
    ['[N/A]', undefined],
    ['4', 'unreadable'],
    ['0x', 'unreadable'],
    ['Active', 'unreadable'],
  ])('reads %j as %s', (text, bits) => {
    expect(readBits(text)).toBe(bits);
  });

  it('reads what 64 bits can be, and nothing else', () => {
    fc.assert(fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (bits) => readBits(`0x${bits.toString(16)}`) === bits));
    fc.assert(fc.property(fc.string(), (text) => ['bigint', 'string', 'undefined'].includes(typeof readBits(text))));
  });
});
