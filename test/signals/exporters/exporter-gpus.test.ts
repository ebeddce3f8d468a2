import { describe, expect, it, onTestFinished } from 'vitest';
import type { SignalName } from '../../../src/domain/signal.ts';
import type { Workload } from '../../../src/domain/workload.ts';
import { pilotlightDialect } from '../../../src/signals/exporters/dialect.ts';
import { ExporterFleet } from '../../../src/signals/exporters/exporter-fleet.ts';
import type { ExporterFleetOptions } from '../../../src/signals/exporters/exporter-fleet.ts';
import { createExporterGpusSource } from '../../../src/signals/exporters/exporter-gpus.ts';
import { createHttpTextClient } from '../../../src/signals/http/http-text.ts';
import type { Measurement } from '../../../src/signals/source.ts';
import { pod, workload } from '../../support/builders.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { startHttpStandIn } from '../../support/http-stand-in.ts';
import type { HttpStandIn } from '../../support/http-stand-in.ts';

const http = createHttpTextClient();
const gib = 1_073_741_824;

interface Gpu {
  readonly pod: string;
  readonly uuid: string;
  readonly container?: string;
  readonly namespace?: string;
  readonly used?: number;
  readonly total?: number;
  readonly utilization?: number;
  /** How many GPUs the exporter says that the pod holds. */
  readonly devices?: number;
}

function exporterText(...gpus: Gpu[]): string {
  const lines = gpus.flatMap(({ namespace = 'inference', container = 'main', ...gpu }) => {
    const labels = `{namespace="${namespace}",pod="${gpu.pod}",container="${container}",uuid="${gpu.uuid}",attribution="exclusive"}`;
    return [
      ...(gpu.utilization === undefined ? [] : [`pilotlight_pod_gpu_utilization_ratio${labels} ${gpu.utilization}\n`]),
      ...(gpu.used === undefined ? [] : [`pilotlight_pod_gpu_memory_used_bytes${labels} ${gpu.used}\n`]),
      ...(gpu.total === undefined ? [] : [`pilotlight_pod_gpu_memory_total_bytes${labels} ${gpu.total}\n`]),
      // prettier-ignore
      ...(gpu.devices === undefined ? [] : [`pilotlight_pod_gpu_devices{namespace="${namespace}",pod="${gpu.pod}"} ${gpu.devices}\n`]),
    ];
  });
  return `# TYPE pilotlight_collect_success gauge\npilotlight_collect_success{collector="gpu"} 1\n${lines.join('')}`;
}

async function exporter(...gpus: Gpu[]): Promise<HttpStandIn> {
  const standIn = await startHttpStandIn({ body: exporterText(...gpus) });
  onTestFinished(() => standIn.server.stop());
  return standIn;
}

function fleetOf(exporters: readonly HttpStandIn[], changes: Partial<ExporterFleetOptions> = {}): ExporterFleet {
  const targets = exporters.map(({ url }) => url);
  return new ExporterFleet({
    targets,
    dialect: pilotlightDialect,
    http,
    clock: new HandClock(),
    timeoutMs: 1_000,
    maxAgeMs: 0,
    ...changes,
  });
}

async function read(
  fleet: ExporterFleet,
  of: Workload,
  signals: SignalName[] = ['gpuUtilization'],
): Promise<Measurement[]> {
  const source = createExporterGpusSource(signals, fleet);
  return [...(await source.read(of, AbortSignal.timeout(2_000))).values()];
}

describe('a source of GPU readings from exporters', () => {
  it("averages a pod's GPUs, and sums over the pods of all nodes", async () => {
    const fleet = fleetOf([
      await exporter(
        { pod: 'llama-0', uuid: 'a', utilization: 0.5, used: 10 * gib, total: 80 * gib },
        { pod: 'llama-0', uuid: 'b', utilization: 1, used: 30 * gib, total: 80 * gib },
        { pod: 'other', uuid: 'c', utilization: 1, used: gib, total: gib },
      ),
      await exporter(
        { pod: 'llama-1', uuid: 'd', utilization: 0, used: 0, total: 80 * gib },
        { pod: 'llama-0', namespace: 'elsewhere', uuid: 'e', utilization: 1, used: gib, total: gib },
      ),
    ]);
    const coverage = { heard: 2, expected: 2 };
    expect(await read(fleet, workload({ replicas: 2 }), ['gpuUtilization', 'gpuMemory'])).toEqual([
      { state: 'measured', value: 0.75, coverage, observedAtMs: 0, byPod: new Map([['llama-0', 0.75], ['llama-1', 0]]) }, // prettier-ignore
      { state: 'measured', value: 0.25, coverage, observedAtMs: 0, byPod: new Map([['llama-0', 0.25], ['llama-1', 0]]) }, // prettier-ignore
    ]);
  });

  it('counts a GPU once that two exporters report, and adds up containers that share one', async () => {
    const gpu = { pod: 'llama-0', uuid: 'a', utilization: 0.5, used: gib, total: 4 * gib };
    const sidecar = { ...gpu, container: 'sidecar', utilization: 0.25 };
    const fleet = fleetOf([await exporter(gpu, sidecar), await exporter(gpu)]);
    const [utilization, memory] = await read(fleet, workload(), ['gpuUtilization', 'gpuMemory']);
    expect(utilization).toMatchObject({ value: 0.75, coverage: { heard: 1, expected: 1 } });
    expect(memory).toMatchObject({ value: 0.5 });
  });

  it('does not hear a pod without series, or with a GPU that lacks the figure', async () => {
    const fleet = fleetOf([
      await exporter(
        { pod: 'llama-0', uuid: 'a', utilization: 0.5, used: gib },
        { pod: 'llama-1', uuid: 'b', utilization: 0.5 },
        { pod: 'llama-1', uuid: 'c', used: gib, total: gib },
      ),
    ]);
    const heard = { heard: 1, expected: 3 };
    expect(await read(fleet, workload({ replicas: 3 }), ['gpuUtilization', 'gpuMemory'])).toEqual([
      { state: 'measured', value: 0.5, coverage: heard, observedAtMs: 0, byPod: new Map([['llama-0', 0.5]]), note: 'heard 1 of 3 pods' }, // prettier-ignore
      { state: 'absent', reason: 'no exporter tells gpuMemory of these pods', coverage: { heard: 0, expected: 3 } },
    ]);
  });

  it('takes a pod with a GPU of which nothing is told for what is told at least, and does not call it heard', async () => {
    const one = { used: gib, total: gib };
    const fleet = fleetOf([
      await exporter(
        { pod: 'llama-0', uuid: 'a', utilization: 0.8, devices: 2, ...one },
        { pod: 'llama-1', uuid: 'b', utilization: 0.5, devices: 1, ...one },
      ),
    ]);
    const untold = "1 of their GPUs can't be told apart, see pilotlight_unattributed_devices";
    expect(await read(fleet, workload({ replicas: 2 }), ['gpuUtilization', 'gpuMemory'])).toEqual([
      { state: 'measured', value: 0.9, coverage: { heard: 1, expected: 2 }, observedAtMs: 0, byPod: new Map([['llama-1', 0.5]]), note: `heard 1 of 2 pods; ${untold}` }, // prettier-ignore
      { state: 'measured', value: 1, coverage: { heard: 1, expected: 2 }, observedAtMs: 0, byPod: new Map([['llama-1', 1]]), note: 'heard 1 of 2 pods' }, // prettier-ignore
    ]);
    const [alone] = await read(fleet, workload({ replicas: 1 }));
    expect(alone).toMatchObject({ state: 'measured', value: 0.4, coverage: { heard: 0, expected: 1 } });
  });

  it('expects ready pods alone', async () => {
    const fleet = fleetOf([await exporter({ pod: 'llama-0', uuid: 'a', utilization: 0.5 })]);
    const pods = [pod({ phase: 'terminating' }), pod({ name: 'llama-1', phase: 'loading' })];
    expect(await read(fleet, workload({ pods }))).toEqual([
      { state: 'absent', reason: 'no ready pods', coverage: { heard: 0, expected: 0 } },
    ]);
  });

  const utilization = 'pilotlight_pod_gpu_utilization_ratio';
  it.each([
    ['an error', { status: 500, body: '' }, ' answered 500'],
    ['half a line', { body: `${utilization}{pod="llama-1"} 0.` }, ': its answer ends in the middle of a line'],
    ['a broken line', { body: `${utilization}{pod="llama-1} 0.5\n` }, `: ${utilization} can't be read`],
  ])('goes on with the exporters that answer when one gives %s, and says so', async (_, answer, reason) => {
    const up = await exporter({ pod: 'llama-0', uuid: 'a', utilization: 0.5 });
    const down = await exporter();
    down.answer = () => answer;
    const note = `heard 1 of 2 pods; 1 of 2 exporters did not answer: ${down.server.host}${reason}`;
    expect(await read(fleetOf([up, down]), workload({ replicas: 2 }))).toEqual([
      { state: 'measured', value: 0.5, coverage: { heard: 1, expected: 2 }, observedAtMs: 0, byPod: new Map([['llama-0', 0.5]]), note }, // prettier-ignore
    ]);
  });

  it('rejects when it can not be told whether the pods have GPUs', async () => {
    const up = await exporter();
    const down = await exporter();
    await down.server.stop();
    const refused = `${down.server.host} refused the connection`;
    await expect(read(fleetOf([up, down]), workload())).rejects.toThrow(
      new Error(`no exporter tells gpuUtilization of these pods; 1 of 2 exporters did not answer: ${refused}`),
    );
    await expect(read(fleetOf([down]), workload())).rejects.toThrow(new Error(`no exporter answered: ${refused}`));
    await expect(read(fleetOf([]), workload())).rejects.toThrow(new Error('there are no exporters to ask'));
  });
});

describe('a fleet of exporters', () => {
  it('is read once for all who ask at the same time, and again when its reading has aged', async () => {
    const standIn = await exporter({ pod: 'llama-0', uuid: 'a', utilization: 0.5 });
    const clock = new HandClock(1_000);
    const fleet = fleetOf([standIn], { clock, maxAgeMs: 900 });
    await Promise.all(Array.from({ length: 50 }, () => read(fleet, workload())));
    expect(standIn.seen.length).toBe(1);
    await clock.advance(899);
    expect(await read(fleet, workload())).toMatchObject([{ observedAtMs: 1_000 }]);
    expect(standIn.seen.length).toBe(1);
    await clock.advance(1);
    expect(await read(fleet, workload())).toMatchObject([{ observedAtMs: 1_900 }]);
    expect(standIn.seen.length).toBe(2);
    clock.jumpTo(0);
    expect(await read(fleet, workload())).toMatchObject([{ observedAtMs: 0 }]);
    expect(clock.pending).toBe(0);
  });

  it('waits no longer than its timeout for an exporter that hangs', async () => {
    const up = await exporter({ pod: 'llama-0', uuid: 'a', utilization: 0.5 });
    const hanging = await exporter();
    hanging.server.behave({ hang: true });
    const clock = new HandClock();
    const reading = read(fleetOf([up, hanging], { clock }), workload());
    while (up.seen.length === 0) await clock.advance(0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await clock.advance(1_000);
    expect(await reading).toMatchObject([
      { value: 0.5, note: `1 of 2 exporters did not answer: ${hanging.server.host} did not answer in time` },
    ]);
  });

  it('reads a name at each of its addresses, and looks for new ones now and then', async () => {
    const standIn = await exporter({ pod: 'llama-0', uuid: 'a', utilization: 0.5 });
    const { port } = standIn.server;
    const asked: string[] = [];
    let addresses: readonly string[] | undefined = ['127.0.0.1'];
    const resolve = async (host: string): Promise<readonly string[]> => {
      asked.push(host);
      if (!addresses) throw Object.assign(new Error('no'), { code: 'ENOTFOUND' });
      return addresses;
    };
    const clock = new HandClock();
    const targets = [`http://exporters.test:${port}/`];
    const fleet = fleetOf([], { targets, clock, resolve });
    expect(await fleet.read([])).toMatchObject({ asked: 1, answered: 1, failures: [] });
    expect(standIn.seen[0]?.path).toBe('/metrics');
    addresses = ['127.0.0.1', '127.0.0.2', '::1'];
    expect(await fleet.read([])).toMatchObject({ asked: 1 });
    await clock.advance(30_000);
    const more = await fleet.read([]);
    expect(more).toMatchObject({ asked: 3, answered: 1 });
    expect(more.failures.map((failure) => failure.split(' ')[0])).toEqual([`127.0.0.2:${port}`, `[::1]:${port}`]);
    addresses = undefined;
    await clock.advance(30_000);
    expect(await fleet.read([])).toMatchObject({ asked: 3 });
    expect(asked).toEqual(Array(3).fill('exporters.test'));
    const lost = await fleetOf([], { targets, resolve }).read([]);
    expect(lost).toMatchObject({ asked: 1, answered: 0, failures: [`exporters.test:${port} has no address`] });
  });

  it('finds a name by DNS, in one family of addresses', async () => {
    const standIn = await exporter();
    const targets = [`http://localhost:${standIn.server.port}`];
    expect(await fleetOf([], { targets }).read([])).toMatchObject({ asked: 1, answered: 1, failures: [] });
  });

  it.each(['', 'exporter:9400', 'ftp://exporter:9400'])('refuses the target %j', (target) => {
    expect(() => fleetOf([], { targets: [target] })).toThrow(
      new Error(`"${target}" is no exporter; write a URL such as http://pilotlight-exporter.pilotlight:9400`),
    );
  });

  it('refuses credentials in a target, and does not show them', () => {
    expect(() => fleetOf([], { targets: ['http://user:swordfish@exporter:9400'] })).toThrow(
      new Error('the URL of an exporter must not hold a user or a password'),
    );
  });
});
