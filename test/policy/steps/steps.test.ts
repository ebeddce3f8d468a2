import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration } from '../../../src/domain/duration.ts';
import type { Step } from '../../../src/domain/step.ts';
import { readSteps } from '../../../src/policy/steps/steps.ts';

function read(text: string): { steps: readonly Step[] | undefined; problems: string[] } {
  const problems: string[] = [];
  return { steps: readSteps(text, (problem) => problems.push(problem)), problems };
}

function problemsOf(text: string): string[] {
  const { steps, problems } = read(text);
  expect(steps === undefined).toBe(problems.length > 0);
  return problems;
}

const minuteMs = 60_000;

describe('readSteps', () => {
  it('reads a signal, a comparison, a value in the unit that users write, a window and a change', () => {
    const { steps } = read(
      'gpuUtilization > 70 for 2m: +1; latencyP99 >= 1500ms for 90s : +50% ;gpuUtilization<30 for 10m:-1;',
    );
    expect(steps).toEqual([
      {
        signal: 'gpuUtilization',
        comparison: '>',
        threshold: 0.7,
        forMs: 2 * minuteMs,
        change: { by: 'replicas', amount: 1 },
        text: 'gpuUtilization > 70 for 2m: +1',
      },
      {
        signal: 'latencyP99',
        comparison: '>=',
        threshold: 1.5,
        forMs: 90_000,
        change: { by: 'percent', amount: 50 },
        text: 'latencyP99 >= 1500ms for 90s : +50%',
      },
      {
        signal: 'gpuUtilization',
        comparison: '<',
        threshold: 0.3,
        forMs: 10 * minuteMs,
        change: { by: 'replicas', amount: -1 },
        text: 'gpuUtilization<30 for 10m:-1',
      },
    ]);
  });

  it.each([
    ['gpuMemory > 85.5', 0.855],
    ['gpuMemory > 85 %', 0.85],
    ['kvCache > 0.8', 0.8],
    ['kvCache > 80%', 0.8],
    ['queue > 12', 12],
    ['tokenRate > 1500.5', 1_500.5],
    ['ttftP99 > 800ms', 0.8],
    ['latencyP50 > 1m30s', 90],
  ])('takes the value of "%s" as %d in the unit of its signal', (comparison, threshold) => {
    expect(read(`${comparison} for 1m: +1`).steps?.[0]?.threshold).toBe(threshold);
  });

  const expectedPercent = 'expected a percentage from 0 to 100, such as 70';
  const expectedChange = 'expected +N, -N, +N% or -N%, such as +1 or -10%';
  it.each([
    ['gpuUtilisation > 70 for 2m: +1', 'column 1: expected the signal "gpuUtilization", found "gpuUtilisation"'],
    ['> 70 for 2m: +1', 'column 1: expected a signal, such as gpuUtilization or queue, found ">"'],
    ['queue => 7 for 2m: +1', 'column 7: expected >, >=, < or <=, found "=>"'],
    ['queue', 'column 6: expected >, >=, < or <=, the step ends'],
    ['gpuUtilization > 170 for 2m: +1', `column 18: ${expectedPercent}, found "170"`],
    ['gpuUtilization > -5 for 2m: +1', `column 18: ${expectedPercent}, found "-5"`],
    ['kvCache > 80 for 2m: +1', 'column 11: expected a ratio from 0 to 1, such as 0.8, or a percentage, such as 80%, found "80"'], // prettier-ignore
    ['latencyP99 > 2 for 2m: +1', 'column 14: expected a duration with its unit, such as 2s or 800ms, found "2"'],
    ['queue > 1e3 for 2m: +1', 'column 9: expected a number from 0 to 1000000000, such as 5, found "1e3"'],
    ['queue > 5 in 2m: +1', 'column 11: expected "for" and how long, as in "queue > … for 2m", found "in"'],
    ['queue > 5: +1', 'column 10: expected "for" and how long, as in "queue > … for 2m", found ":"'],
    ['queue > 5 for 2: +1', 'column 15: expected how long, as in "for 2m", from 1s up to 1d, found "2"'],
    ['queue > 5 for 2d: +1', 'column 15: expected how long, as in "for 2m", from 1s up to 1d, found "2d"'],
    ['queue > 5 for 10ms: +1', 'column 15: expected how long, as in "for 2m", from 1s up to 1d, found "10ms"'],
    ['queue > 5 for 2m', 'column 17: expected ":" and then the change, such as ": +1", the step ends'],
    ['queue > 5 for 2m: 1', `column 19: ${expectedChange}, found "1"`],
    ['queue > 5 for 2m: +1.5', `column 19: ${expectedChange}, found "+1.5"`],
    ['queue > 5 for 2m: +0', 'column 19: expected a change from +1 to +1000, found "+0"'],
    ['queue > 5 for 2m: +1001', 'column 19: expected a change from +1 to +1000, found "+1001"'],
    ['queue < 5 for 2m: -101%', 'column 19: expected a change from -1% to -100%, found "-101%"'],
    ['queue > 5 for 2m: +1 +2', 'column 22: expected ";" or nothing after the change, found "+2"'],
  ])('says of "%s" where it is wrong, and what was expected', (text, problem) => {
    expect(problemsOf(text)).toEqual([`step 1 ${JSON.stringify(text)}: ${problem}`]);
  });

  it('counts columns from the beginning of the value, and tells what is wrong with each step', () => {
    expect(problemsOf('queue > 5 for 2m: +1;  queue < x for 1m: -1; wibble')).toEqual([
      'step 2 "queue < x for 1m: -1": column 32: expected a number from 0 to 1000000000, such as 5, found "x"',
      expect.stringContaining('step 3 "wibble": column 46: expected one of the signals queue, running, '),
    ]);
  });

  it('has a limit to the number of steps, and needs one', () => {
    expect(problemsOf(' ; ')).toEqual(['" ; " names no step']);
    const many = Array.from({ length: 21 }, (_, index) => `queue > ${index} for 1m: +${index + 1}`);
    expect(problemsOf(many.join(';'))).toEqual(['21 steps are more than the 20 allowed']);
    expect(problemsOf(many.slice(1).join(';'))).toEqual([]);
  });

  it.each([
    ['queue > 5 for 1m: -1', 'removes replicas while queue is high; write <, or turn the sign of the change'],
    ['queue <= 5 for 1m: +1', 'adds replicas while queue is low; write >, or turn the sign of the change'],
    ['queue < 0 for 1m: -1', "never applies: queue can't be < that; choose another value"],
    ['gpuUtilization > 100 for 1m: +1', "never applies: gpuUtilization can't be > that; choose another value"],
    ['queue >= 0 for 1m: +1', 'always applies: queue is never anything else; choose another value'],
    ['kvCache <= 1 for 1m: -1', 'always applies: kvCache is never anything else; choose another value'],
  ])('refuses "%s", which makes no sense', (text, problem) => {
    expect(problemsOf(text)).toEqual([`step 1 "${text}" ${problem}`]);
  });

  it.each([
    [
      'queue > 5 for 1m: +1',
      'queue > 5 for 1m: +1',
      2,
      'says the same as "queue > 5 for 1m: +1"; leave one of the two out',
    ],
    [
      'queue > 5 for 1m: +1',
      'queue > 8 for 2m: +1',
      2,
      'never decides: "queue > 5 for 1m: +1" applies whenever it does, and changes as much or more; leave it out',
    ],
    [
      'queue < 1 for 5m: -10%',
      'queue <= 1 for 5m: -20%',
      1,
      'never decides: "queue <= 1 for 5m: -20%" applies whenever it does, and changes as much or more; leave it out',
    ],
    [
      'queue > 5 for 1m: +1',
      'queue < 6 for 5m: -1',
      2,
      'contradicts "queue > 5 for 1m: +1": there are values at which one adds replicas and the other removes them',
    ],
  ])('refuses "%s" beside "%s"', (one, other, which, problem) => {
    expect(problemsOf(`${one}; ${other}`)).toEqual([`step ${which} "${which === 1 ? one : other}" ${problem}`]);
  });

  it.each([
    'queue > 5 for 1m: +1; queue > 8 for 1m: +2',
    'queue > 5 for 5m: +1; queue > 8 for 1m: +1',
    'queue > 5 for 1m: +1; queue > 5 for 1m: +50%',
    'queue > 5 for 1m: +1; running > 5 for 1m: +1',
    'queue > 5 for 1m: +1; queue < 5 for 1m: -1',
    'queue >= 5 for 1m: +1; queue < 5 for 1m: -1',
    'queue < 2 for 5m: -1; queue < 1 for 5m: -2',
  ])('takes "%s"', (text) => {
    expect(problemsOf(text)).toEqual([]);
  });

  it('reads back what it is given in its own words', () => {
    const step = fc.record({
      signal: fc.constantFrom('queue', 'running', 'tokenRate'),
      comparison: fc.constantFrom('>', '>='),
      threshold: fc.integer({ min: 1, max: 1e6 }),
      forMs: fc.integer({ min: 1, max: 86_400 }).map((seconds) => seconds * 1_000),
      amount: fc.integer({ min: 1, max: 1_000 }),
      by: fc.constantFrom('replicas', 'percent'),
    });
    fc.assert(
      fc.property(step, ({ signal, comparison, threshold, forMs, amount, by }) => {
        // formatDuration rounds what has more than two units, so the window is written in seconds.
        const text = `${signal} ${comparison} ${threshold} for ${forMs / 1_000}s: +${amount}${by === 'percent' ? '%' : ''}`;
        const change = { by, amount };
        expect(read(text).steps, formatDuration(forMs)).toEqual([
          { signal, comparison, threshold, forMs, change, text },
        ]);
      }),
    );
  });

  it('never throws, and answers steps or problems, whatever it is given', () => {
    const piece = fc.oneof(
      fc.constantFrom('queue', 'latencyP99', '>', '<=', '5', '70%', '2s', 'for', '2m', ':', '+1', '-50%', ';', ' '),
      fc.string({ maxLength: 4, unit: 'grapheme' }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
        problemsOf(pieces.join(''));
      }),
    );
  });
});
