import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OpenConnection } from '../../src/signals/connections/open-connection.ts';
import type { Measurement } from '../../src/signals/source.ts';
import { startHttpStandIn } from '../support/http-stand-in.ts';
import type { HttpStandIn } from '../support/http-stand-in.ts';
import { openAlone, readFrom } from '../support/open-connections.ts';
import { prometheusServer, ServerProgram } from '../support/server-program.ts';

const metrics = `# TYPE waiting gauge
waiting{pod="a"} 3
waiting{pod="b"} 4
# TYPE odd gauge
odd NaN
# TYPE below gauge
below -1
`;
let gateway: HttpStandIn;
let server: ServerProgram;
let open: OpenConnection;

beforeAll(async () => {
  gateway = await startHttpStandIn({ body: metrics, headers: { 'content-type': 'text/plain; version=0.0.4' } });
  const config = `global: { scrape_interval: 200ms, scrape_timeout: 200ms }
scrape_configs:
  - job_name: gateway
    static_configs: [{ targets: ['${gateway.server.host}'] }]
`;
  server = await ServerProgram.start(prometheusServer, (directory) =>
    writeFile(join(directory, 'prometheus.yml'), config),
  );
  open = openAlone({ type: 'prometheus', name: 'gateway', url: new URL(`http://${server.host}`), namespaces: ['*'] });
  while ((await measure('waiting'))?.state !== 'measured') await sleep(100);
  return async () => {
    open.close();
    await server.stop();
    await gateway.server.stop();
  };
});

async function read(query: string): Promise<Measurement | undefined> {
  return (await readFrom(open, { query }, ['queue']))['queue'];
}

/** While the server starts, it refuses or answers 503. */
async function measure(query: string): Promise<Measurement | undefined> {
  return read(query).catch(() => undefined);
}

describe('a real Prometheus', () => {
  it.each<[string, Partial<Measurement>]>([
    ['sum(waiting)', { state: 'measured', value: 7, coverage: { heard: 1, expected: 1 } }],
    ['waiting', { state: 'measured', value: 7, coverage: { heard: 2, expected: 2 }, note: 'sum of 2 series' }],
    ['scalar(waiting{pod="a"}) * 2', { state: 'measured', value: 6, coverage: { heard: 1, expected: 1 } }],
    ['sum(waiting > bool 100)', { state: 'measured', value: 0, coverage: { heard: 1, expected: 1 } }],
    [
      'nothing_of_that_name',
      { state: 'absent', reason: 'the query gave no series', coverage: { heard: 0, expected: 1 } },
    ],
    ['odd', { state: 'absent', reason: 'the query gave NaN', coverage: { heard: 0, expected: 1 } }],
    ['below', { state: 'absent', reason: 'the query gave -1', coverage: { heard: 0, expected: 1 } }],
    ['1 / 0', { state: 'absent', reason: 'the query gave +Inf', coverage: { heard: 0, expected: 1 } }],
    [
      'waiting[1m]',
      { state: 'absent', reason: 'the query gave a matrix, not a number', coverage: { heard: 0, expected: 1 } },
    ],
    [
      '"text"',
      { state: 'absent', reason: 'the query gave a string, not a number', coverage: { heard: 0, expected: 1 } },
    ],
  ])('answers %s', async (query, expected) => {
    expect(await read(query)).toEqual(expected);
  });

  it('says what is wrong with a query', async () => {
    await expect(read('sum(')).rejects.toThrow(`${server.host} answered: invalid parameter "query": 1:5: parse error`);
  });

  it('fails while it is down, and is read again when it is back', async () => {
    await server.stop();
    await expect(read('sum(waiting)')).rejects.toThrow(new Error(`${server.host} refused the connection`));
    await server.start();
    await expect
      .poll(() => measure('sum(waiting)'), { timeout: 60_000 })
      .toMatchObject({ state: 'measured', value: 7 });
  });
});
