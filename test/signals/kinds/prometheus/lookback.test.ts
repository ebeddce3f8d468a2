import { describe, expect, it, onTestFinished } from 'vitest';
import type { SignalName } from '../../../../src/domain/signal.ts';
import type { PrometheusConnection } from '../../../../src/signals/connections/connections.ts';
import type { Measurement } from '../../../../src/signals/source.ts';
import { HandClock } from '../../../support/hand-clock.ts';
import { startHttpStandIn } from '../../../support/http-stand-in.ts';
import { openForTest, readFrom } from '../../../support/open-connections.ts';

const now = Date.parse('2026-03-03T10:00:00Z') / 1_000;

async function read(
  answer: unknown,
  changes: Partial<PrometheusConnection> = {},
  signal: SignalName = 'queue',
): Promise<{ told: Measurement | undefined; path: string; form: URLSearchParams }> {
  const standIn = await startHttpStandIn({ body: JSON.stringify(answer) });
  onTestFinished(() => standIn.server.stop());
  const open = openForTest(
    { type: 'prometheus', name: 'gateway', url: new URL(standIn.url), namespaces: ['*'], ...changes },
    new HandClock('2026-03-03T10:00:00Z'),
  );
  const told = (await readFrom(open, { query: 'sum(x)' }, [signal]))[signal];
  return { told, path: standIn.seen[0]?.path ?? '', form: new URLSearchParams(standIn.seen[0]?.body) };
}

/** Series of points, each so many seconds ago. */
function matrix(...series: (readonly [agoSeconds: number, value: string])[][]): unknown {
  const result = series.map((points) => ({ metric: {}, values: points.map(([ago, value]) => [now - ago, value]) }));
  return { status: 'success', data: { resultType: 'matrix', result } };
}

const vector = { resultType: 'vector', result: [{ metric: {}, value: [1, '3'] }] };

describe('a lookback', () => {
  it('asks for that time in twenty points', async () => {
    const { path, form } = await read(matrix([[6, '4']]), { lookback: 120_000, parameters: { dedup: 'true' } });
    expect(path).toBe('/api/v1/query_range');
    expect(Object.fromEntries(form)).toEqual({
      query: 'sum(x)',
      dedup: 'true',
      start: `${now - 120}.000`,
      end: `${now}.000`,
      step: '6.000',
    });
  });

  it.each<[string, unknown, Measurement]>([
    [
      'the newest point',
      matrix([
        [12, '9'],
        [6, '4'],
      ]),
      { state: 'measured', value: 4, coverage: { heard: 1, expected: 1 }, note: 'as of 6s ago' },
    ],
    [
      'the newest points of several series',
      matrix([[6, '4']], [[6, '5']]),
      { state: 'measured', value: 9, coverage: { heard: 2, expected: 2 }, note: 'sum of 2 series, as of 6s ago' },
    ],
    [
      'no series that has ended, or is late',
      matrix([[6, '4']], [[60, '5']]),
      { state: 'measured', value: 4, coverage: { heard: 1, expected: 2 }, note: 'as of 6s ago' },
    ],
    [
      'nothing where there is no series',
      matrix(),
      { state: 'absent', reason: 'the query gave no series', coverage: { heard: 0, expected: 1 } },
    ],
    [
      'nothing of a newest point that is none',
      matrix([
        [12, '9'],
        [6, 'NaN'],
      ]),
      { state: 'absent', reason: 'the query gave NaN', coverage: { heard: 0, expected: 1 } },
    ],
    [
      'nothing of a negative one',
      matrix([[6, '-1']]),
      { state: 'absent', reason: 'the query gave -1', coverage: { heard: 0, expected: 1 } },
    ],
    [
      'nothing of an infinite one',
      matrix([[6, '+Inf']], [[6, '1']]),
      { state: 'absent', reason: 'one of 2 series is +Inf', coverage: { heard: 0, expected: 2 } },
    ],
  ])('takes %s', async (_, answer, told) => {
    expect((await read(answer, { lookback: 120_000 })).told).toEqual(told);
  });
});

describe('an answer of which a part is missing', () => {
  it.each<[string, object, string]>([
    ['a store of Thanos', { warnings: ['store "a" did not answer'] }, 'a part is missing: store "a" did not answer'],
    ['a node of VictoriaMetrics', { isPartial: true }, 'a part is missing'],
  ])('counts with what is not there: %s', async (_, more, note) => {
    expect((await read({ status: 'success', data: vector, ...more })).told).toEqual({
      state: 'measured',
      value: 3,
      coverage: { heard: 1, expected: 2 },
      note,
    });
  });

  it.each([
    [{ warnings: ['PromQL info: metric might not be a counter'] }],
    [{ warnings: [] }],
    [{ warnings: null, isPartial: null }],
    [{ isPartial: false }],
  ])('is not one that is only doubtful: %j', async (more) => {
    expect((await read({ status: 'success', data: vector, ...more })).told).toEqual({
      state: 'measured',
      value: 3,
      coverage: { heard: 1, expected: 1 },
    });
  });
});
