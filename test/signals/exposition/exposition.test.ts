import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExposition } from '../../../src/signals/exposition/parse-exposition.ts';

const wanted = ['queue', 'queue_total', 'vllm:running'];

function parse(text: string): unknown {
  const { samples, unreadable, flaw } = parseExposition(text, wanted);
  const shown = samples.map(({ name, labels, value }) => [name, Object.fromEntries(labels), value]);
  return { samples: shown, unreadable: [...unreadable], flaw };
}

function whole(...samples: unknown[]): unknown {
  return { samples, unreadable: [], flaw: undefined };
}

const cut = 'ends in the middle of a line';

describe('parseExposition', () => {
  it.each<[string, string, unknown]>([
    ['an empty text', '', whole()],
    ['a bare sample', 'queue 3\n', whole(['queue', {}, 3])],
    ['labels', 'queue{a="1",b="x y"} 3\n', whole(['queue', { a: '1', b: 'x y' }, 3])],
    ['empty labels', 'queue{} 3\n', whole(['queue', {}, 3])],
    ['a comma after the last label', 'queue{a="1",} 3\n', whole(['queue', { a: '1' }, 3])],
    ['blanks wherever they may be', ' \tqueue { a = "1" , b="2" }\t 3 \n', whole(['queue', { a: '1', b: '2' }, 3])],
    ['no blank after the labels', 'queue{a="1"}3\n', whole(['queue', { a: '1' }, 3])],
    ['escapes', 'queue{a="\\"\\\\\\n{}=,"} 3\n', whole(['queue', { a: '"\\\n{}=,' }, 3])],
    ['an escape that is none', 'queue{a="\\d"} 3\n', whole(['queue', { a: '\\d' }, 3])],
    ['a label name in quotes', 'queue{"a.b"="1"} 3\n', whole(['queue', { 'a.b': '1' }, 3])],
    ['text beyond ASCII', 'queue{a="模型 é"} 3\n', whole(['queue', { a: '模型 é' }, 3])],
    ['a timestamp', 'queue{a="1"} 3 1395066363000\nqueue 4 -1\n', whole(['queue', { a: '1' }, 3], ['queue', {}, 4])],
    ['an exemplar', 'queue_total{a="1"} 3 # {id="x} 9"} 0.5 1.2\n', whole(['queue_total', { a: '1' }, 3])],
    ['a timestamp and an exemplar', 'queue_total 3 1.5 # {id="x"} 0.5\n', whole(['queue_total', {}, 3])],
    ['CRLF', 'queue 3\r\nqueue{a="1"} 4\r\n', whole(['queue', {}, 3], ['queue', { a: '1' }, 4])],
    ['comments and empty lines', '# HELP queue q\n# TYPE queue gauge\n\n#queue 9\nqueue 3\n', whole(['queue', {}, 3])],
    [
      '# EOF as any comment, where pages were put together',
      'queue 3\n# EOF\nqueue 4\n',
      whole(['queue', {}, 3], ['queue', {}, 4]),
    ],
    ['# EOF without a line end', 'queue 3\n# EOF', whole(['queue', {}, 3])],
    [
      'no name that begins with a wanted one',
      'queue_size 9\nqueue:x 9\nqueues{a="1"} 9\nqueue 3\n',
      whole(['queue', {}, 3]),
    ],
    ['a wanted name that begins with another', 'queue_total 5\n', whole(['queue_total', {}, 5])],
    ['names with a colon', 'vllm:running{engine="0"} 2\n', whole(['vllm:running', { engine: '0' }, 2])],
    ['no wanted name within another line', 'other{a="queue 9"} 1\n# queue 9\n', whole()],
    ['an exponent', 'queue 1e+06\n', whole(['queue', {}, 1e6])],
    ['bare and signed decimals', 'queue .5\nqueue -2.\n', whole(['queue', {}, 0.5], ['queue', {}, -2])],
    ['NaN and infinities', 'queue NaN\nqueue -Inf\n', whole(['queue', {}, NaN], ['queue', {}, -Infinity])],
  ])('reads %s', (_, text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it.each([
    'queue\n',
    'queue \n',
    'queue x\n',
    'queue 0x10\n',
    'queue 1,5\n',
    'queue 3 4 5\n',
    'queue{ 3\n',
    'queue{a} 3\n',
    'queue{a=1} 3\n',
    'queue{a="1} 3\n',
    'queue{a="1" b="2"} 3\n',
    'queue{a="1"}\n',
    'queue{a="\\"} 3\n',
  ])('says that it can not read %j, and keeps what it can', (line) => {
    const samples = [1, 2].map((value) => ['queue_total', {}, value]);
    expect(parse(`queue_total 1\n${line}queue_total 2\n`)).toEqual({
      samples,
      unreadable: ['queue'],
      flaw: undefined,
    });
  });

  it('drops a last line without its end, and says so', () => {
    expect(parse('queue 3\nqueue_total 12')).toEqual({ samples: [['queue', {}, 3]], unreadable: [], flaw: cut });
  });

  it('never makes up a number, wherever a text is cut', () => {
    const labels = fc.dictionary(fc.stringMatching(/^[a-z_]{1,5}$/), fc.string({ unit: 'grapheme' }), { maxKeys: 3 });
    const value = fc.double().map((number) => number + 0);
    const samples = fc.array(fc.tuple(fc.constantFrom(...wanted, 'other'), labels, value), { maxLength: 5 });
    fc.assert(
      fc.property(samples, fc.nat(), (made, at) => {
        const text = made.map(([name, of, number]) => `${name}${render(of)} ${renderValue(number)}\n`).join('');
        const known = made.filter(([name]) => name !== 'other').map(([name, of, number]) => [name, { ...of }, number]);
        expect(parse(text)).toEqual({ samples: known, unreadable: [], flaw: undefined });
        const start = parse(text.slice(0, at % (text.length + 1))) as { samples: unknown[] };
        expect(start.samples).toEqual(known.slice(0, start.samples.length));
      }),
    );
  });

  it('never throws', () => {
    const parts = ['queue', '{', '}', '"', '\\', '=', ',', ' ', '\n', '\r', '#', '1', 'a', '\u0000', '# EOF'];
    const noise = fc.array(fc.constantFrom(...parts)).map((chosen) => chosen.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), noise), (text) => {
        for (const { value } of parseExposition(text, wanted).samples) expect(typeof value).toBe('number');
      }),
      { numRuns: 500 },
    );
  });

  it('reads a text of many lines in a time that grows with its length alone', () => {
    const filler = 'other_metric_bucket{le="0.5",model_name="llama"} 17\n'.repeat(200_000);
    expect(parse(`${filler}queue 3\n${' '.repeat(1_000_000)}x\n`)).toEqual(whole(['queue', {}, 3]));
  });
});

function render(labels: Record<string, string>): string {
  const escape = (value: string): string => value.replace(/[\\"\n]/g, (char) => (char === '\n' ? '\\n' : `\\${char}`));
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`);
  return `{${pairs.join(',')}}`;
}

function renderValue(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}
