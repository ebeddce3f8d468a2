import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readOverride } from '../../src/kubernetes/override-text.ts';

const untilMs = Date.UTC(2026, 10, 27, 18);

describe('readOverride', () => {
  it.each([
    ['min=4 max=10 until=2026-11-27T18:00Z reason=load test', { min: 4, max: 10, untilMs, reason: 'load test' }],
    ['min=4 until=2026-11-27T18:00Z', { min: 4, untilMs }],
    ['max=0 until=2026-11-27T18:00:00Z', { max: 0, untilMs }],
    ['until=2026-11-27T19:00+01:00 max=3', { max: 3, untilMs }],
    ['  min=1\n until=2026-11-27T18:00Z\treason=a=b min=9 ', { min: 1, untilMs, reason: 'a=b min=9' }],
    ['min=1 until=2026-11-27T18:00Z reason=', { min: 1, untilMs }],
    ['reason=none, yet min=4 max=1', 'names neither min nor max'],
  ])('reads %j', (text, expected) => {
    if (typeof expected === 'string') expect(problemOf(text)).toContain(expected);
    else expect(readOverride(text)).toEqual({ state: 'set', override: expected });
  });

  it('keeps the reason to one line of 200 characters without control characters', () => {
    const reading = readOverride(`min=1 until=2026-11-27T18:00Z reason=a\u001b[31m\nb\u202e${'c'.repeat(300)}`);

    expect(reading).toMatchObject({ override: { reason: `a [31m b ${'c'.repeat(191)}…` } });
  });

  const example = '"min=4 max=10 until=2026-11-27T18:00Z reason=load test"';
  const noSuchTime =
    'is not a date and time that exists with Z or an offset, such as 2026-11-27T18:00Z or 2026-11-27T19:00+01:00';
  it.each([
    ['', `names neither min nor max; write ${example}`],
    ['until=2026-11-27T18:00Z', `names neither min nor max; write ${example}`],
    ['min=4', `says not until when; write until=TIME, as in ${example}`],
    ['min=4 until=tomorrow', `until=tomorrow ${noSuchTime}`],
    ['min=4 until=2026-11-27T18:00', `until=2026-11-27T18:00 ${noSuchTime}`],
    ['min=4 until=2026-02-30T18:00Z', `until=2026-02-30T18:00Z ${noSuchTime}`],
    ['min=4 until=2026-11-27T25:00Z', `until=2026-11-27T25:00Z ${noSuchTime}`],
    ['min=4 until=2026-11-27T18:00Z[Europe/Berlin]', `until=2026-11-27T18:00Z[Europe/Berlin] ${noSuchTime}`],
    ['min=four until=2026-11-27T18:00Z', 'min=four is not a whole number from 0 to 10000'],
    ['max=-1 until=2026-11-27T18:00Z', 'max=-1 is not a whole number from 0 to 10000'],
    ['max=2.5 until=2026-11-27T18:00Z', 'max=2.5 is not a whole number from 0 to 10000'],
    ['min=10001 until=2026-11-27T18:00Z', 'min=10001 is more than the 10000 replicas allowed'],
    ['min=5 max=4 until=2026-11-27T18:00Z', 'min=5 is above max=4'],
    ['min=5 min=6 until=2026-11-27T18:00Z', 'min is given twice, at "min=6"'],
    [
      'mim=5 until=2026-11-27T18:00Z',
      'expected min=N, max=N, until=TIME or reason=TEXT at "mim=5"; did you mean "min"?',
    ],
    ['4 until=2026-11-27T18:00Z', 'expected min=N, max=N, until=TIME or reason=TEXT at "4"'],
    ['min=4 until=2026-11-27 18:00Z', 'expected min=N, max=N, until=TIME or reason=TEXT at "18:00Z"'],
    [`min=4 ${'x'.repeat(1_000)}`, '1006 characters are more than the 1000 allowed'],
  ])('refuses %j', (text, problem) => {
    expect(problemOf(text)).toBe(problem);
  });

  it('quotes no more than 80 characters, well-formed and on one line', () => {
    const text = `min=4 \n${'😀'.repeat(100)}`;

    expect(readOverride(text)).toMatchObject({ state: 'invalid', text: `min=4 ${'😀'.repeat(74)}…` });
    expect(problemOf(text)?.length).toBeLessThan(260);
  });

  it('never throws, and never reads what has no end', () => {
    const words = fc.constantFrom('min=', 'max=', 'until=', 'reason=', '4', '0', '2026-11-27T18:00Z', ' ', '=', '\n');
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(words).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const reading = readOverride(text);
        expect(reading.state === 'invalid' || Number.isFinite(reading.override.untilMs)).toBe(true);
        expect(JSON.stringify(reading).isWellFormed()).toBe(true);
      }),
    );
  });
});

function problemOf(text: string): string | undefined {
  const reading = readOverride(text);
  return reading.state === 'invalid' ? reading.problem : undefined;
}
