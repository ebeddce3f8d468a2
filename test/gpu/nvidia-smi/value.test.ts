import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { celsius, isUnavailable, mebibytes, megahertz, percent, readQuantity, watts } from '../../../src/gpu/nvidia-smi/value.ts'; // prettier-ignore

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
  ])('reads %j in base units', (text, quantity, value) => {
    expect(readQuantity(text, quantity)).toBe(value);
  });

  it.each([
    ['101', percent],
    ['4294967295', percent],
    ['-1', percent],
    ['-1', mebibytes],
    ['80 GiB', mebibytes],
    ['18446744073709551615', mebibytes],
    ['1e3', watts],
    ['NaN', watts],
    ['Infinity', celsius],
    ['0x10', megahertz],
    ['50 W', percent],
    ['9000', celsius],
  ])('takes %j for garbage', (text, quantity) => {
    expect(readQuantity(text, quantity)).toBe('garbage');
  });

  it('answers a number within bounds, nothing, or garbage, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String)), (text) => {
        const value = readQuantity(text, percent);
        return value === undefined || value === 'garbage' || (value >= 0 && value <= 1);
      }),
    );
  });

  it('reads every whole percent as the driver means it', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 100 }), (n) => readQuantity(`${n} %`, percent) === n / 100));
  });
});
