import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OpenConnection } from '../../src/signals/connections/open-connection.ts';
import type { Measurement } from '../../src/signals/source.ts';
import { pod, workload } from '../support/builders.ts';
import { startHttpStandIn } from '../support/http-stand-in.ts';
import type { HttpStandIn } from '../support/http-stand-in.ts';
import { openAlone } from '../support/open-connections.ts';
import { prometheusServer, ServerProgram } from '../support/server-program.ts';

/** What an exporter of a node with all kinds of sharing serves. */
const page = (name: string): string => readFileSync(`test/golden/${name}.metrics`, 'utf8').replaceAll('(differs)', '1');
const native = page('exporter-mixed-native');
const dcgm = page('exporter-mixed-dcgm');
const lateMs = 170_000;

/** What an exporter serves, and how the scrape labels it; its pods are in a namespace that is called like the job. */
const jobs: Record<string, { text: string; labels: string; honor?: boolean }> = {
  bare: { text: native, labels: '' },
  honored: { text: native, labels: 'namespace: pilotlight, pod: exporter-x', honor: true },
  renamed: { text: native, labels: 'namespace: pilotlight, pod: exporter-x, container: exporter' },
  half: { text: native, labels: 'namespace: pilotlight' },
  dcgm: { text: dcgm, labels: 'namespace: gpu-operator, pod: dcgm-x, container: dcgm' },
  both: { text: dcgm.replaceAll(/(GPU_UTIL{.*) \d+$/gm, '$1 99') + native, labels: '' },
  late: { text: native.replaceAll(/^(pilotlight_pod.*) (\S+)$/gm, `$1 $2 ${Date.now() - lateMs}`), labels: '' },
};
const exporters = new Map<string, HttpStandIn>();
let server: ServerProgram;
let open: OpenConnection;

beforeAll(async () => {
  for (const [job, { text }] of Object.entries(jobs)) {
    exporters.set(job, await startHttpStandIn({ body: text.replaceAll('namespace="research"', `namespace="${job}"`) }));
  }
  const scrapes = Object.entries(jobs).map(
    ([job, { labels, honor = false }]) =>
      `  - { job_name: ${job}, honor_labels: ${honor}, static_configs: [{ targets: ['${exporters.get(job)?.server.host}'], labels: {${labels}} }] }\n`,
  );
  const config = `global: { scrape_interval: 200ms, scrape_timeout: 200ms }\nscrape_configs:\n${scrapes.join('')}`;
  server = await ServerProgram.start(prometheusServer, (directory) => writeFile(join(directory, 'prometheus.yml'), config)); // prettier-ignore
  open = openAlone({ type: 'prometheus', name: 'metrics', url: new URL(`http://${server.host}`), namespaces: ['*'] });
  for (const job of Object.keys(jobs))
    while ((await read(job, 'small-0')).gpuUtilization.state !== 'measured') await sleep(100);
  return async () => {
    open.close();
    await server.stop();
    for (const { server: exporter } of exporters.values()) await exporter.stop();
  };
}, 60_000);

type Gpus = Record<'gpuUtilization' | 'gpuMemory', Measurement>;
const unheard: Measurement = { state: 'absent', reason: 'not asked', coverage: { heard: 0, expected: 1 } };

async function read(namespace: string, ...names: string[]): Promise<Gpus> {
  const one = workload({ ref: { namespace, name: 'llama' }, pods: names.map((name) => pod({ name })) });
  const source = open.gpus?.(['gpuUtilization', 'gpuMemory']);
  // While the server starts, it refuses or answers 503.
  const measured = await source?.read(one, AbortSignal.timeout(5_000)).catch(() => undefined);
  const of = (signal: keyof Gpus): Measurement => measured?.get(signal) ?? unheard;
  return { gpuUtilization: of('gpuUtilization'), gpuMemory: of('gpuMemory') };
}

describe('GPUs out of a real Prometheus', () => {
  it.each(['bare', 'honored', 'renamed', 'half', 'both'])(
    'are those of pilotlight’s exporter, labels %s',
    async (job) => {
      const { gpuUtilization, gpuMemory } = await read(job, 'small-0', 'small-1', 'idle-0');
      const all = { state: 'measured', coverage: { heard: 3, expected: 3 }, describesForMs: 120_000 };
      expect(gpuUtilization).toMatchObject({ ...all, value: 0.5 });
      expect(gpuMemory).toMatchObject({ ...all, value: expect.closeTo((10 + 12) / 80, 9) as number });
    },
  );

  it('are those of dcgm-exporter, slices included', async () => {
    const { gpuUtilization } = await read('dcgm', 'slice-0', 'small-0');
    expect(gpuUtilization).toMatchObject({ state: 'measured', value: 1, coverage: { heard: 2, expected: 2 } });
  });

  it('do not make up those of a pod that no exporter tells of', async () => {
    const { gpuUtilization } = await read('renamed', 'small-0', 'small-9');
    const note = 'heard 1 of 2 pods';
    expect(gpuUtilization).toMatchObject({ state: 'measured', value: 0.25, coverage: { heard: 1, expected: 2 }, note });
    expect((await read('renamed', 'other')).gpuUtilization).toEqual({
      state: 'absent',
      reason: "it has no series of the GPUs of these pods; it has to scrape pilotlight's exporter or dcgm-exporter",
      coverage: { heard: 0, expected: 1 },
    });
  });

  it('are as old as their samples, not as the question', async () => {
    const { gpuUtilization } = await read('late', 'small-0');
    const told = gpuUtilization.state === 'measured' ? gpuUtilization : undefined;
    expect(told?.value).toBe(0.25);
    expect(Date.now() - (told?.observedAtMs ?? 0)).toBeGreaterThanOrEqual(lateMs);
  });

  it('are gone with the exporter, at the next scrape', async () => {
    await exporters.get('bare')?.server.stop();
    await expect
      .poll(async () => (await read('bare', 'small-0')).gpuUtilization.state, { timeout: 20_000 })
      .toBe('absent');
  });
});
