import { describe, expect, it } from 'vitest';
import type { ExporterPlace } from '../../../src/domain/exporter-place.ts';
import type { Pod } from '../../../src/domain/workload.ts';
import { pilotlightDialect } from '../../../src/signals/exporters/dialect.ts';
import { ExporterFleet } from '../../../src/signals/exporters/exporter-fleet.ts';
import { createExporterGpusSource } from '../../../src/signals/exporters/exporter-gpus.ts';
import type { HttpTextClient } from '../../../src/signals/http/http-text.ts';
import type { Measurement } from '../../../src/signals/source.ts';
import { workload } from '../../support/builders.ts';
import { HandClock } from '../../support/hand-clock.ts';

/** Exporters by host, each with the pods of its node; and which were read. */
class Exporters {
  readonly reads: string[] = [];
  readonly podsByHost: Record<string, Record<string, number>> = {};

  readonly http: HttpTextClient = {
    read: ({ url }, open) => {
      this.reads.push(url.host);
      const pods = this.podsByHost[url.host];
      if (!pods) return Promise.reject(new Error(`${url.host} refused the connection`));
      const body = open();
      for (const [name, busy] of Object.entries(pods)) body.write(Buffer.from(line(name, busy)));
      return Promise.resolve(body.end());
    },
    text: () => Promise.reject(new Error('not used here')),
    ask: () => Promise.reject(new Error('not used here')),
    close: () => undefined,
  };
}

function line(name: string, busy: number): string {
  return `pilotlight_pod_gpu_utilization_ratio{namespace="inference",pod="${name}",container="main",uuid="GPU-${name}",attribution="exclusive"} ${busy}\n`;
}

const found = (host: string): ExporterPlace => ({ state: 'found', url: new URL(`http://${host}/metrics`) });
const none = (node: string): ExporterPlace => ({ state: 'none', reason: `no exporter runs on ${node}` });

function scene(places: Record<string, ExporterPlace>, targets: readonly string[] = []) {
  const exporters = new Exporters();
  const clock = new HandClock();
  const directory = { find: (node: string) => places[node] ?? none(node) };
  const fleet = new ExporterFleet({ targets, directory, dialect: pilotlightDialect, http: exporters.http, clock, timeoutMs: 1_000, maxAgeMs: 900 }); // prettier-ignore
  const source = createExporterGpusSource(['gpuUtilization'], fleet);
  const read = async (...nodes: (string | undefined)[]): Promise<Measurement | undefined> => {
    const pods = nodes.map((node, index): Pod => {
      const ready = { name: `llama-${index}`, phase: 'ready' } as const;
      return node === undefined ? ready : { ...ready, node };
    });
    return (await source.read(workload({ pods }), AbortSignal.timeout(5_000))).get('gpuUtilization');
  };
  return { exporters, clock, places, read };
}

describe('exporters that are found by node', () => {
  it('are read only where there are pods, and once for all who ask', async () => {
    const { exporters, clock, read } = scene({ a: found('10.0.0.1'), b: found('10.0.0.2'), c: found('10.0.0.3') });
    exporters.podsByHost['10.0.0.1'] = { 'llama-0': 0.5 };
    exporters.podsByHost['10.0.0.2'] = { 'llama-1': 1 };
    expect(await Promise.all([read('a', 'b'), read('a'), read('a', 'b'), read('a', 'a')])).toMatchObject([
      { state: 'measured', value: 1.5, coverage: { heard: 2, expected: 2 } },
      { value: 0.5 },
      { value: 1.5 },
      { value: 0.5, coverage: { heard: 1, expected: 2 } },
    ]);
    expect(exporters.reads.sort()).toEqual(['10.0.0.1', '10.0.0.2']);
    await clock.advance(900);
    await read('b');
    expect(exporters.reads).toHaveLength(3);
  });

  it('are asked at their new address as soon as they have moved', async () => {
    const { exporters, places, read } = scene({ a: found('10.0.0.1') });
    exporters.podsByHost['10.0.0.1'] = { 'llama-0': 0.5 };
    exporters.podsByHost['10.0.0.7'] = { 'llama-0': 0.75 };
    expect(await read('a')).toMatchObject({ value: 0.5 });
    places['a'] = found('10.0.0.7');
    expect(await read('a')).toMatchObject({ value: 0.75 });
  });

  it('cost coverage, never a zero, where a node has none, one does not answer, or a pod has no node', async () => {
    const unknown: ExporterPlace = { state: 'unknown', reason: 'exporter e on d has no address yet' };
    const { exporters, read } = scene({ a: found('10.0.0.1'), b: found('10.0.0.2'), d: unknown });
    exporters.podsByHost['10.0.0.1'] = { 'llama-0': 0.5 };
    expect(await read('a', 'b', 'c', 'd', undefined)).toEqual({
      state: 'measured',
      value: 0.5,
      coverage: { heard: 1, expected: 5 },
      observedAtMs: 0,
      byPod: new Map([['llama-0', 0.5]]),
      note: 'heard 1 of 5 pods; 2 of 3 exporters did not answer: exporter e on d has no address yet; 10.0.0.2 refused the connection; no exporter runs on c',
    });
  });

  it.each([
    [
      'no exporter runs on any of the nodes',
      ['c', 'c'],
      { state: 'absent', reason: 'no exporter runs on c', coverage: { heard: 0, expected: 2 } },
    ],
    ['no pod is ready', [], { state: 'absent', reason: 'no ready pods', coverage: { heard: 0, expected: 0 } }],
  ] as const)('are absent where %s', async (_case, nodes, expected) => {
    expect(await scene({}).read(...nodes)).toEqual(expected);
  });

  it.each([
    ['cannot be found', 'd', 'no exporter answered: it is unknown'],
    ['does not answer', 'b', 'no exporter answered: 10.0.0.2 refused the connection'],
    ['would be that of a pod without a node', undefined, 'there are no exporters to ask'],
  ])('fail where the only one %s', async (_case, node, reason) => {
    const { read } = scene({ b: found('10.0.0.2'), d: { state: 'unknown', reason: 'it is unknown' } });
    await expect(read(node)).rejects.toThrow(new Error(reason));
  });

  it('go together with exporters that are named, which are read whoever asks', async () => {
    const { exporters, read } = scene({ a: found('10.0.0.1') }, ['http://10.9.9.9:9400']);
    exporters.podsByHost['10.0.0.1'] = { 'llama-0': 0.5 };
    exporters.podsByHost['10.9.9.9:9400'] = { 'llama-1': 0.25 };
    expect(await read('a', 'c')).toMatchObject({ value: 0.75, coverage: { heard: 2, expected: 2 } });
  });
});
