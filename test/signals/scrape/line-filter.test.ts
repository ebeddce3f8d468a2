import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ExpositionReader } from '../../../src/signals/exposition/exposition-reader.ts';
import { WantedNames } from '../../../src/signals/exposition/wanted-names.ts';
import { LineFilter } from '../../../src/signals/scrape/line-filter.ts';

const wanted = new WantedNames(['queue', 'latency_bucket', 'vllm:running']);

function filtered(bytes: Buffer, places: readonly number[] = []): string {
  const filter = new LineFilter(wanted);
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  ends.forEach((end, index) => filter.write(bytes.subarray(ends[index - 1] ?? 0, end)));
  return filter.end();
}

function read(bytes: Buffer, contentType?: string): unknown {
  const reader = new ExpositionReader(wanted, contentType);
  reader.write(bytes);
  const { samples, unreadable, declared, flaw } = reader.end();
  const shown = samples.map(({ name, labels, value }) => [name, ...labels, value]);
  return { shown, unreadable: [...unreadable], declared: [...declared], flaw };
}

const part = fc.constantFrom('queue', 'queue_size', 'vllm:running', 'latency_bucket', 'other', '{le="1"}', '{a="é\\"}"}', ' ', '\t', ' 1', ' x', '\n', '\n', '\r\n', '# TYPE ', '# HELP ', '# EOF', '#'); // prettier-ignore

it('leaves what the reader looks into: of what is left it reads the same', () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 40 }), fc.array(fc.nat(400), { maxLength: 5 }), (parts, places) => {
      const bytes = Buffer.from(parts.join(''));
      const left = Buffer.from(filtered(bytes, places), 'latin1');
      for (const type of ['text/plain', 'application/openmetrics-text'])
        expect(read(left, type)).toEqual(read(bytes, type));
    }),
  );
});

it('leaves little of a long text', () => {
  const text = `${'# HELP other o\nother{le="1"} 1\n'.repeat(2_000)}queue 3\n`;
  expect(filtered(Buffer.from(text))).toBe('queue 3\n');
});

it.each([
  ['of a wanted metric', 'queue{a="', { shown: [], unreadable: ['queue'], declared: [], flaw: undefined }],
  ['of another', 'other{a="', { shown: [], unreadable: [], declared: [], flaw: undefined }],
])('drops a line without an end %s, and says what it cost', (_, beginning, left) => {
  const pieces = [Buffer.from(beginning), Buffer.alloc(70_000, 'x'), Buffer.alloc(70_000, 'x')];
  const bytes = Buffer.concat([...pieces, Buffer.from('\n')]);
  const places = pieces.map((_piece, index) => Buffer.concat(pieces.slice(0, index + 1)).length);
  const text = filtered(bytes, places);
  expect(text.length).toBeLessThan(100);
  expect(read(Buffer.from(text, 'latin1'))).toEqual(left);
  const cut = filtered(Buffer.concat(pieces), places.slice(0, 2));
  expect(read(Buffer.from(cut, 'latin1'))).toMatchObject({ flaw: 'ends in the middle of a line' });
});
