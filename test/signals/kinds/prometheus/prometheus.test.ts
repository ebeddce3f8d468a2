import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SignalName } from '../../../../src/domain/signal.ts';
import type { PrometheusConnection } from '../../../../src/signals/connections/connections.ts';
import type { Measurement } from '../../../../src/signals/source.ts';
import { startHttpStandIn } from '../../../support/http-stand-in.ts';
import type { HttpStandIn } from '../../../support/http-stand-in.ts';
import { HandClock } from '../../../support/hand-clock.ts';
import { openForTest, readFrom } from '../../../support/open-connections.ts';

async function prometheus(body: unknown, status = 200): Promise<HttpStandIn> {
  const standIn = await startHttpStandIn({ status, body: typeof body === 'string' ? body : JSON.stringify(body) });
  onTestFinished(() => standIn.server.stop());
  return standIn;
}

async function read(
  standIn: HttpStandIn,
  changes: Partial<PrometheusConnection> = {},
  signal: SignalName = 'queue',
): Promise<Measurement | undefined> {
  const connection = { type: 'prometheus', name: 'gateway', url: new URL(standIn.url), namespaces: ['*'], ...changes };
  const open = openForTest(connection as PrometheusConnection, new HandClock('2026-03-03T10:00:00Z'));
  return (await readFrom(open, { query: 'sum(x{a="b"}) + 1' }, [signal]))[signal];
}

function success(resultType: string, result: unknown): unknown {
  return { status: 'success', data: { resultType, result } };
}

function vector(...values: string[]): unknown {
  return success(
    'vector',
    values.map((value, index) => ({ metric: { pod: `p-${index}` }, value: [1.5, value] })),
  );
}

describe('a source that asks Prometheus', () => {
  it('posts the query, under the path of the connection', async () => {
    const standIn = await prometheus(vector('3'));
    await read(standIn, { url: new URL(`${standIn.url}/select/0/prometheus/`) });
    const [seen] = standIn.seen;
    expect(`${seen?.method ?? ''} ${seen?.path ?? ''}`).toBe('POST /select/0/prometheus/api/v1/query');
    expect(new URLSearchParams(seen?.body).get('query')).toBe('sum(x{a="b"}) + 1');
    expect(seen?.headers.authorization).toBeUndefined();
  });

  it.each<[string, unknown, Measurement]>([
    ['one series', vector('3.5'), { state: 'measured', value: 3.5, coverage: { heard: 1, expected: 1 } }],
    ['a scalar', success('scalar', [1.5, '4']), { state: 'measured', value: 4, coverage: { heard: 1, expected: 1 } }],
    [
      'several series',
      vector('1', '0', '1e1'),
      { state: 'measured', value: 11, coverage: { heard: 3, expected: 3 }, note: 'sum of 3 series' },
    ],
    [
      'no series',
      vector(),
      { state: 'absent', reason: 'the query gave no series', coverage: { heard: 0, expected: 1 } },
    ],
    ['NaN', vector('NaN'), { state: 'absent', reason: 'the query gave NaN', coverage: { heard: 0, expected: 1 } }],
    [
      'NaN among others',
      vector('1', '2', 'NaN'),
      { state: 'absent', reason: 'one of 3 series is NaN', coverage: { heard: 0, expected: 3 } },
    ],
    ['+Inf', vector('+Inf'), { state: 'absent', reason: 'the query gave +Inf', coverage: { heard: 0, expected: 1 } }],
    [
      'a negative number',
      success('scalar', [1.5, '-1']),
      { state: 'absent', reason: 'the query gave -1', coverage: { heard: 0, expected: 1 } },
    ],
    [
      'a range',
      success('matrix', []),
      { state: 'absent', reason: 'the query gave a matrix, not a number', coverage: { heard: 0, expected: 1 } },
    ],
    [
      'a text',
      success('string', [1.5, 'x']),
      { state: 'absent', reason: 'the query gave a string, not a number', coverage: { heard: 0, expected: 1 } },
    ],
    [
      'a histogram',
      success('vector', [{ metric: {}, histogram: [1.5, {}] }]),
      { state: 'absent', reason: 'the query gave a histogram, not a number', coverage: { heard: 0, expected: 1 } },
    ],
  ])('reads %s', async (_, body, expected) => {
    expect(await read(await prometheus(body))).toEqual(expected);
  });

  it.each<[string, unknown, Measurement]>([
    ['one series', vector('2.5'), { state: 'measured', value: 2.5, coverage: { heard: 1, expected: 1 } }],
    [
      'several series, which do not add up',
      vector('2', '0.5', '1'),
      { state: 'measured', value: 2, coverage: { heard: 3, expected: 3 }, note: 'highest of 3 series' },
    ],
    [
      'NaN of a pod without requests',
      vector('NaN', '0.5'),
      { state: 'measured', value: 0.5, coverage: { heard: 2, expected: 2 }, note: 'highest of 2 series' },
    ],
    [
      'NaN only: nothing is missing, for there was nothing to time',
      vector('NaN'),
      {
        state: 'absent',
        reason: 'the query gave NaN: no requests in its window',
        coverage: { heard: 1, expected: 1 },
      },
    ],
    [
      '+Inf among others',
      vector('1', '+Inf'),
      { state: 'absent', reason: 'one of 2 series is +Inf', coverage: { heard: 0, expected: 2 } },
    ],
  ])('reads a latency from %s', async (_, body, expected) => {
    expect(await read(await prometheus(body), {}, 'latencyP99')).toEqual(expected);
  });

  const parseError = { status: 'error', errorType: 'bad_data', error: 'invalid parameter "query":\n 1:5: parse error' };
  it.each<[string, unknown, number, string]>([
    ["Prometheus' own error", parseError, 400, 'answered: invalid parameter "query": 1:5: parse error'],
    ['an error with status 200', parseError, 200, 'answered: invalid parameter "query": 1:5: parse error'],
    ['a long error', { ...parseError, error: 'x'.repeat(300) }, 422, `answered: ${'x'.repeat(199)}…`],
    [
      'a refusal',
      'Unauthorized',
      401,
      'answered 401: it does not know these credentials; give bearerTokenFile, or username and passwordFile',
    ],
    [
      'what these credentials may not',
      '',
      403,
      'answered 403: these credentials may not ask this; allow it there, or give bearerTokenFile, or username and passwordFile',
    ],
    ['a proxy that is ill', '<html>', 502, 'answered 502'],
    ['a page', '<html>', 200, 'answered something else than the result of a query'],
    ['other JSON', { status: 'success', data: [] }, 200, 'answered something else than the result of a query'],
    [
      'a number in the place of its text',
      success('scalar', [1, 4]),
      200,
      'answered something else than the result of a query',
    ],
    ['JSON with an error status', vector('3'), 500, 'answered 500'],
  ])('rejects %s', async (_, body, status, reason) => {
    const standIn = await prometheus(body, status);
    await expect(read(standIn)).rejects.toThrow(new Error(`${standIn.server.host} ${reason}`));
  });

  it('sends the token or the password as it stands in its file now', async () => {
    const standIn = await prometheus(vector('3'));
    const file = join(await mkdtemp(join(tmpdir(), 'pilotlight-')), 'secret');
    for (const secret of ['first', 'second']) {
      await writeFile(file, `${secret}\n`);
      await read(standIn, { bearerTokenFile: file });
      await read(standIn, { username: 'anna', passwordFile: file });
    }
    const basic = (secret: string): string => `Basic ${Buffer.from(`anna:${secret}`).toString('base64')}`;
    expect(standIn.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', basic('first'), 'Bearer second', basic('second')]); // prettier-ignore
  });

  it('asks nothing without the secret that it needs', async () => {
    const standIn = await prometheus(vector('3'));
    await expect(read(standIn, { bearerTokenFile: '/no/such' })).rejects.toThrow(
      new Error('bearerTokenFile "/no/such" can\'t be read: there is no such file'),
    );
    expect(standIn.seen).toEqual([]);
  });
});
