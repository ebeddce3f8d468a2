import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from '../../src/gpu/lines.ts';

const longest = 10;

function split(...chunks: string[]): { lines: string[]; overlong: number } {
  const told = { lines: [] as string[], overlong: 0 };
  const splitter = new LineSplitter((line) => told.lines.push(line), () => (told.overlong += 1), longest); // prettier-ignore
  for (const chunk of chunks) splitter.push(chunk);
  return told;
}

describe('LineSplitter', () => {
  it.each([
    ['keeps half a line until the rest comes', ['ab', 'c\nd'], ['abc'], 0],
    ['takes Windows’ line breaks, cut in two as well', ['ab\r', '\ncd\r\n'], ['ab', 'cd'], 0],
    ['tells empty lines', ['\n\na\n'], ['', '', 'a'], 0],
    ['passes over a line that is too long, once, and reads the next', ['x'.repeat(25), 'x\nshort\n'], ['short'], 1],
    ['passes over one that comes whole', [`${'x'.repeat(11)}\nshort\n`], ['short'], 1],
  ])('%s', (_, chunks, lines, overlong) => {
    expect(split(...chunks)).toEqual({ lines, overlong });
  });

  it('tells the same however the text is cut, and never a line that is too long', () => {
    const text = fc.array(fc.constantFrom('a', 'bc', '\n', '\r\n', 'x'.repeat(7)), { maxLength: 30 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(8)), (parts, sizes) => {
        const whole = parts.join('');
        const chunks: string[] = [];
        let at = 0;
        for (const size of sizes) chunks.push(whole.slice(at, (at += size)));
        const cut = split(...chunks, whole.slice(at));
        expect(cut).toEqual(split(...Array.from(whole)));
        expect(cut.lines.every((line) => line.length <= longest)).toBe(true);
        expect(cut.lines.length + cut.overlong).toBe(whole.split('\n').length - 1);
      }),
    );
  });
});
