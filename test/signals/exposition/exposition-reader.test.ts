import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Exposition } from '../../../src/signals/exposition/exposition.ts';
import { ExpositionReader } from '../../../src/signals/exposition/exposition-reader.ts';
import { LabelTexts } from '../../../src/signals/exposition/label-texts.ts';
import { WantedNames } from '../../../src/signals/exposition/wanted-names.ts';
import { referenceSamples } from './reference-parser.ts';

const wanted = new Set(['queue', 'latency_bucket', 'latency', 'vllm:running']);

const openMetrics = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

function readChunks(chunks: Iterable<Uint8Array>, labels?: LabelTexts, contentType?: string): Exposition {
  const reader = new ExpositionReader(new WantedNames(wanted), contentType, labels);
  for (const chunk of chunks) reader.write(chunk);
  return reader.end();
}

function plain({ samples, unreadable, declared, flaw }: Exposition): unknown {
  const shown = samples.map(({ name, labels, value }) => [name, Object.fromEntries(labels), value]);
  return { shown, unreadable: [...unreadable], declared: [...declared], flaw };
}

/** Cuts bytes at the given places, wherever these are. */
function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

const blank = fc.constantFrom(' ', '\t', '  ');
const name = fc.constantFrom(...wanted, 'other', 'queue_size', 'latency_bucket_total');
const labelText = fc
  .tuple(
    fc.stringMatching(/^[a-z_]{1,8}$/),
    fc.string({ unit: fc.constantFrom('a', 'é', '模', '"', '\\', '\n', ',', '=', ' ', '#') }),
  ) // prettier-ignore
  .map(([key, text]) => `${key}="${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`);
const labels = fc.option(fc.uniqueArray(labelText, { maxLength: 3 }).map((pairs) => `{${pairs.join(',')}}`), { nil: '' }); // prettier-ignore
const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }).map(String), fc.constantFrom('NaN', '+Inf', '-Inf', '1e+06', '.5')); // prettier-ignore
const tail = fc.constantFrom('', ' 1395066363000', ' 1.5', ' # {id="x"} 0.5', ' 3 # {id="} 9"} 0.5 1.2');
const sampleLine = fc.tuple(name, labels, blank, number, tail).map((parts) => parts.join(''));
const comment = fc.constantFrom(
  '# HELP queue q',
  '# TYPE latency histogram',
  '#queue 9',
  '',
  ' ',
  '# TYPE other gauge',
);
const text = fc
  .array(fc.oneof({ weight: 4, arbitrary: sampleLine }, comment), { maxLength: 12 })
  .chain((lines) => fc.constantFrom('', '# EOF\n', '# EOF', '# EOF\nqueue 9\n').map((end) => lines.map((line) => `${line}\n`).join('') + end)); // prettier-ignore

describe('ExpositionReader', () => {
  it('reads what a plain parser of whole texts reads, however the bytes are cut', () => {
    const labels = new LabelTexts();
    fc.assert(
      fc.property(text, fc.array(fc.nat(500), { maxLength: 6 }), (written, places) => {
        const { samples, unreadable, flaw } = readChunks(cutAt(Buffer.from(written), places), labels);
        const expected = referenceSamples(written).filter(([known]) => wanted.has(known));
        expect(samples.map((one) => [one.name, Object.fromEntries(one.labels), one.value])).toEqual(expected);
        expect([[...unreadable], flaw]).toEqual([[], undefined]);
      }),
      { numRuns: 300 },
    );
  });

  it('reads any bytes the same, however they are cut, and never throws', () => {
    const parts = [
      'queue',
      '{',
      '}',
      '"',
      '\\',
      '=',
      ',',
      ' ',
      '\n',
      '\r',
      '#',
      '1',
      'é',
      '\u0000',
      '# EOF',
      '# TYPE ',
      'latency',
    ];
    const noise = fc.array(fc.constantFrom(...parts), { maxLength: 60 }).map((chosen) => Buffer.from(chosen.join('')));
    fc.assert(
      fc.property(fc.oneof(noise, fc.uint8Array()), fc.array(fc.nat(200), { maxLength: 6 }), (bytes, places) => {
        expect(plain(readChunks(cutAt(bytes, places)))).toEqual(plain(readChunks([bytes])));
        const whole = plain(readChunks([bytes], undefined, openMetrics));
        expect(plain(readChunks(cutAt(bytes, places), undefined, openMetrics))).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  it('takes OpenMetrics for whole only where it ends with # EOF, wherever it breaks off', () => {
    const page = '# TYPE queue gauge\nqueue{a="1"} 3\n# TYPE latency summary\nlatency 2\n# EOF';
    for (let length = 0; length <= page.length; length += 1) {
      const { flaw } = readChunks([Buffer.from(page.slice(0, length))], undefined, openMetrics);
      expect([length, flaw === undefined]).toEqual([length, length === page.length]);
    }
  });

  it.each([
    ['queue 3\n# EOF\n', openMetrics, undefined],
    ['queue 3\r\n# EOF\r\n', 'Application/OpenMetrics-Text', undefined],
    ['queue 3\n', openMetrics, 'is OpenMetrics and ends without "# EOF", so it was cut off'],
    ['', openMetrics, 'is OpenMetrics and ends without "# EOF", so it was cut off'],
    ['queue 3\n# EOFs\n', openMetrics, 'is OpenMetrics and ends without "# EOF", so it was cut off'],
    ['queue 3\n# EO', openMetrics, 'ends in the middle of a line'],
    ['queue 3\n# EOF\nqueue 4\n', openMetrics, 'goes on after its "# EOF"'],
    ['queue 3\n', 'text/plain; version=0.0.4', undefined],
  ])('says of %j as %s: %s', (page, contentType, flaw) => {
    const told = readChunks([Buffer.from(page)], undefined, contentType);
    expect(told.flaw).toBe(flaw);
    expect(
      readChunks(
        [...Buffer.from(page)].map((byte) => Uint8Array.of(byte)),
        undefined,
        contentType,
      ).flaw,
    ).toBe(flaw);
  });

  it('tells which wanted metrics are announced, with samples or without', () => {
    const told = readChunks([Buffer.from('# TYPE latency histogram\n# TYPE other gauge\n# HELP queue q\n')]);
    expect([...told.declared]).toEqual(['latency']);
  });

  it('neither keeps nor trusts a line without end', () => {
    const blanks = Buffer.alloc(65_536, ' ');
    const endless = (start: string): Uint8Array[] => [Buffer.from(start), ...Array.from({ length: 300 }, () => blanks)];
    const cut = 'ends in the middle of a line';
    expect(plain(readChunks(endless('queue 3')))).toMatchObject({ shown: [], unreadable: ['queue'], flaw: cut });
    expect(plain(readChunks([...endless('# HELP '), Buffer.from('\nqueue 3\n')]))).toMatchObject({
      shown: [['queue', {}, 3]],
      unreadable: [],
      flaw: undefined,
    });
  });

  it('keeps no more samples than a server may reasonably show, and says so', () => {
    const many = Buffer.from('queue{a="1"} 1\n'.repeat(10_000));
    const { samples, flaw } = readChunks(Array.from({ length: 6 }, () => many));
    expect([samples.length, flaw]).toEqual([50_000, 'shows 50000 series or more of what was asked for']);
  });

  it('gives the same labels as the same object, until there are too many', () => {
    const labels = new LabelTexts();
    const read = (label: string): unknown => readChunks([Buffer.from(`queue{a="${label}"} 1\n`)], labels).samples[0]?.labels; // prettier-ignore
    const first = read('x');
    expect(read('x')).toBe(first);
    for (let i = 0; i < 20_000; i += 1) labels.read(`a="${i}"}`, 0, 20);
    expect(read('x')).toEqual(first);
    expect(read('x')).not.toBe(first);
  });
});
