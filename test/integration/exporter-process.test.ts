import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { TestContext } from 'vitest';
import type { Allocation } from '../../src/domain/gpu.ts';
import { startKubelet } from '../../src/simulator/kubelet.ts';
import type { KubeletStandIn } from '../../src/simulator/kubelet.ts';
import { startExporterProcess } from '../support/exporter-process.ts';
import type { ExporterProcess, Scrape } from '../support/exporter-process.ts';
import { buildMockNvml, hasCompiler, mockGpu, mockUuid, skippedWithoutCompiler } from '../support/mock-nvml.ts';
import { currentFields, fakeGpu, fakeNvidiaSmi, fakeUuid } from '../support/fake-nvidia-smi.ts';
import type { FakeNvidiaSmi } from '../support/fake-nvidia-smi.ts';

const gpuWorks = 'pilotlight_collect_success{collector="gpu"}';
const kubeletWorks = 'pilotlight_collect_success{collector="kubelet"}';
const interval = ['--sample-interval', '200ms'];
const noKubelet = ['--kubelet-socket', ''];

/** The series of GPUs and pods, the ones that must never be old. */
function live(scrape: Scrape): string[] {
  return [...scrape.keys()].filter((series) => /^pilotlight_(pod_)?gpu_/.test(series));
}

function utilization(scrape: Scrape, position = 0): number | undefined {
  const series = [...scrape].find(([key]) => key.startsWith('pilotlight_gpu_utilization_ratio') && key.includes(fakeUuid(position))); // prettier-ignore
  return series?.[1];
}

function podUtilization(scrape: Scrape, pod: string): number | undefined {
  return [...scrape].find(([key]) => key.startsWith('pilotlight_pod_gpu_utilization_ratio') && key.includes(`pod="${pod}"`))?.[1]; // prettier-ignore
}

function socketPath(test: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-'));
  test.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'kubelet.sock');
}

/** An exporter that reads the GPUs by nvidia-smi, and asks a kubelet where there is one. */
function readBy(test: TestContext, smi: FakeNvidiaSmi, kubeletSocket = ''): Promise<ExporterProcess> {
  return startExporterProcess(test, [...interval, '--kubelet-socket', kubeletSocket, '--nvidia-smi-path', smi.path]);
}

/** A kubelet that is ended with the test. */
async function kubeletAt(
  test: TestContext,
  socket: string,
  held: () => readonly Allocation[],
): Promise<KubeletStandIn> {
  const kubelet = await startKubelet(socket, held);
  test.onTestFinished(() => kubelet.close());
  return kubelet;
}

function holds(pod: string, ...deviceIds: string[]): Allocation {
  return { namespace: 'inference', pod, container: 'engine', resource: 'nvidia.com/gpu', deviceIds };
}

/** Numbers of the processes that a process has started. */
function childrenOf(pid = 0): string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
}

describe.concurrent('exporter and nvidia-smi', { timeout: 60_000 }, () => {
  it('reads a healthy driver, learns minor numbers, and ends in good order', async (test) => {
    const smi = fakeNvidiaSmi(test, { gpus: [fakeGpu(0, { minor: '5' }), fakeGpu(1, { 'utilization.gpu': '0' })] });
    const exporter = await readBy(test, smi);
    const scrape = await exporter.until((now) => [...now.keys()].some((key) => key.includes('minor_number="5"')));
    expect(utilization(scrape, 0)).toBe(0.3);
    expect(utilization(scrape, 1)).toBe(0);
    expect(scrape.get(gpuWorks)).toBe(1);
    expect(scrape.has(kubeletWorks)).toBe(false);
    expect(scrape.get('pilotlight_sample_age_seconds')).toBeLessThan(5);
    expect([...scrape.keys()]).toContainEqual(
      expect.stringContaining('pilotlight_exporter_backend_info{backend="nvidia-smi"'),
    );
    await exporter.logged({ msg: 'backend chosen', backend: 'nvidia-smi' });
    expect(exporter.logs.find(({ msg }) => msg === 'backend chosen')?.['why']).toMatch(
      /^nvidia-smi answers; .*can't be loaded/,
    );
    expect(await exporter.get('/readyz')).toEqual({ status: 200, body: 'ready\n' });
    expect((await exporter.get('/healthz')).status).toBe(200);
    expect(await exporter.stop()).toBe(0);
  });

  it('stays up without nvidia-smi, and reads once it is there', async (test) => {
    const smi = fakeNvidiaSmi(test);
    smi.remove();
    const exporter = await readBy(test, smi);
    const without = await exporter.until((scrape) => scrape.get('pilotlight_reader_restarts_total') === 1);
    expect(without.get(gpuWorks)).toBe(0);
    expect(live(without)).toEqual([]);
    expect(without.has('pilotlight_sample_age_seconds')).toBe(false);
    expect((await exporter.get('/readyz')).status).toBe(200);
    expect((await exporter.get('/healthz')).status).toBe(200);
    await exporter.logged({ msg: 'backend chosen' });
    const why = exporter.logs.filter(({ msg }) => msg === 'backend chosen');
    expect(why).toHaveLength(1);
    expect(why[0]?.['why']).toContain('no nvidia-smi at');
    smi.install();
    await exporter.until((scrape) => scrape.get(gpuWorks) === 1 && utilization(scrape) === 0.3);
  });

  it('tells the failure of the driver in its own words, shows no figures, and recovers', async (test) => {
    const smi = fakeNvidiaSmi(test);
    const exporter = await readBy(test, smi);
    await exporter.until((scrape) => scrape.get(gpuWorks) === 1);
    smi.become({ behaviour: 'fails', exitCode: 9, message: "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver." }); // prettier-ignore
    const failed = await exporter.until((scrape) => scrape.get(gpuWorks) === 0);
    expect(live(failed)).toEqual([]);
    await exporter.logged({
      msg: 'collecting fails',
      component: 'gpu',
      reason:
        "nvidia-smi ended with code 9 (the NVIDIA driver is not loaded): NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.",
    });
    smi.become({});
    await exporter.until((scrape) => scrape.get(gpuWorks) === 1);
    await exporter.logged({ msg: 'collecting works again', component: 'gpu' });
  });

  it('ends and replaces a loop that hangs, and shows no old figures meanwhile', async (test) => {
    const smi = fakeNvidiaSmi(test);
    const exporter = await readBy(test, smi);
    await exporter.until((scrape) => scrape.get(gpuWorks) === 1);
    smi.become({ behaviour: 'hangs' });
    const hung = await exporter.until((scrape) => scrape.get(gpuWorks) === 0);
    expect(live(hung)).toEqual([]);
    expect(hung.get('pilotlight_sample_age_seconds')).toBeGreaterThanOrEqual(4.5);
    smi.become({ gpus: [fakeGpu(0, { 'utilization.gpu': '55' })] });
    await exporter.until((scrape) => utilization(scrape) === 0.55);
  });

  it('drops half a line of a process that ends in it', async (test) => {
    const smi = fakeNvidiaSmi(test, { behaviour: 'stops-in-a-line' });
    const exporter = await readBy(test, smi);
    const half = await exporter.until((scrape) => scrape.get('pilotlight_reader_restarts_total') === 1);
    expect(live(half)).toEqual([]);
    expect(half.get(gpuWorks)).toBe(0);
    smi.become({});
    await exporter.until((scrape) => utilization(scrape) === 0.3);
  });

  it('asks anew which fields there are when the driver was exchanged', async (test) => {
    const old = currentFields.filter((field) => !['mig.mode.current', 'enforced.power.limit'].includes(field));
    const smi = fakeNvidiaSmi(test, {
      fields: old.map((field) => (field === 'clocks.current.sm' ? 'clocks.sm' : field)),
    });
    const exporter = await readBy(test, smi);
    await exporter.until((scrape) => utilization(scrape) === 0.3);
    smi.become({
      behaviour: 'fails',
      exitCode: 18,
      message: 'Failed to initialize NVML: Driver/library version mismatch',
    });
    await exporter.until((scrape) => scrape.get(gpuWorks) === 0);
    smi.become({
      fields: currentFields.toReversed(),
      gpus: [fakeGpu(0, { 'clocks.current.sm': '2520', 'utilization.gpu': '44' })],
    });
    const after = await exporter.until((scrape) => utilization(scrape) === 0.44);
    expect([...after]).toContainEqual([expect.stringContaining('pilotlight_gpu_sm_clock_hertz'), 2_520_000_000]);
  });

  it('goes on with the others when a GPU falls off the bus', async (test) => {
    const smi = fakeNvidiaSmi(test, { gpus: [fakeGpu(0), fakeGpu(1), fakeGpu(2)] });
    const exporter = await readBy(test, smi);
    await exporter.until((scrape) => utilization(scrape, 2) === 0.3);
    smi.become({
      gpus: [fakeGpu(0), fakeGpu(2)],
      count: 3,
      noise: 'Unable to determine the device handle for GPU0000:01:00.0: Unknown Error',
    });
    const scrape = await exporter.until((now) => utilization(now, 1) === undefined && now.get(gpuWorks) === 1);
    expect(utilization(scrape, 0)).toBe(0.3);
    expect(utilization(scrape, 2)).toBe(0.3);
    expect(scrape.get('pilotlight_rejected_lines_total')).toBeGreaterThan(0);
    expect(scrape.get('pilotlight_reader_restarts_total')).toBe(0);
  });

  it('ends its nvidia-smi when it is killed itself', async (test) => {
    const smi = fakeNvidiaSmi(test);
    const exporter = await readBy(test, smi);
    await exporter.until((scrape) => scrape.get(gpuWorks) === 1);
    expect(smi.isLooping()).toBe(true);
    exporter.child.kill('SIGKILL');
    await test.expect.poll(() => smi.isLooping(), { timeout: 10_000 }).toBe(false);
  });
});

describe.skipIf(!hasCompiler)(`exporter and NVML${skippedWithoutCompiler}`, { timeout: 60_000 }, () => {
  it('reads through the library, survives its hanging and crashing, and leaves no process behind', async (test) => {
    const nvml = buildMockNvml(test, { gpus: [mockGpu(0, { field83: 2_000, xid: 31 })], settings: { serial: 'a' } });
    const args = [...interval, ...noKubelet, '--backend', 'nvml', '--nvml-path', nvml.path];
    const exporter = await startExporterProcess(test, args);
    const labels = `gpu="0",uuid="${mockUuid(0)}",model="NVIDIA H100 80GB HBM3",pci_bus_id="00000000:00:00.0"`;
    const energy = `pilotlight_gpu_energy_joules_total{${labels}}`;
    const scrape = await exporter.until((now) => now.get(energy) === 2);
    expect(scrape.get(`pilotlight_gpu_utilization_ratio{${labels}}`)).toBe(0.3);
    expect(scrape.get(`pilotlight_gpu_xid_errors_total{${labels},xid="31"}`)).toBe(1);
    await exporter.logged({ msg: 'backend chosen', backend: 'nvml', why: '--backend nvml' });
    nvml.become({ gpus: [], settings: { hang: 1 } });
    const hung = await exporter.until((now) => now.get(gpuWorks) === 0);
    expect(live(hung)).toEqual([]);
    nvml.become({ gpus: [mockGpu(0)], settings: { crash: 1 } });
    await exporter.until((now) => (now.get('pilotlight_reader_restarts_total') ?? 0) >= 2);
    nvml.become({ gpus: [mockGpu(0, { field83: 5_000 })] });
    await exporter.until((now) => now.get(energy) === 5);
    const [reader] = childrenOf(exporter.child.pid);
    expect(reader).toBeDefined();
    exporter.child.kill('SIGKILL');
    await test.expect.poll(() => existsSync(`/proc/${reader}`), { timeout: 10_000 }).toBe(false);
  });

  it('reads on with the library that is there when the driver was exchanged under it', async (test) => {
    const nvml = buildMockNvml(test, { gpus: [mockGpu(0, { reserved: 1 })] });
    const args = [...interval, ...noKubelet, '--backend', 'nvml', '--nvml-path', nvml.path];
    const exporter = await startExporterProcess(test, args);
    const has = (scrape: Scrape, start: string): boolean => [...scrape.keys()].some((series) => series.includes(start));
    await exporter.until((now) => has(now, 'driver_version="590.48.01"') && has(now, 'pilotlight_gpu_memory_reserved'));
    // Unloaded under the reader, which has the old library in memory, and then another is loaded.
    nvml.become({ gpus: [mockGpu(0)], settings: { fail: 1, init: 9 } });
    const unloaded = await exporter.until((now) => now.get(gpuWorks) === 0);
    expect(live(unloaded)).toEqual([]);
    await exporter.logged({ component: 'gpu', reason: 'NVML init: the NVIDIA driver is not loaded (code 9)' });
    expect((await exporter.get('/healthz')).status).toBe(200);
    nvml.replace(['-DOLD_DRIVER']);
    nvml.become({ gpus: [mockGpu(0), mockGpu(1)], settings: { version: '470.256.02' } });
    const after = await exporter.until((now) => has(now, 'driver_version="470.256.02"'));
    expect(live(after).filter((series) => series.startsWith('pilotlight_gpu_utilization_ratio'))).toHaveLength(2);
    expect(has(after, 'pilotlight_gpu_memory_reserved')).toBe(false);
  });

  it('takes NVML by itself where its library loads', async (test) => {
    const nvml = buildMockNvml(test);
    const exporter = await startExporterProcess(test, [...interval, ...noKubelet, '--nvml-path', nvml.path]);
    await exporter.until((scrape) => scrape.get(gpuWorks) === 1);
    await exporter.logged({ msg: 'backend chosen', backend: 'nvml', why: `"${nvml.path}" loads` });
    expect(await exporter.stop()).toBe(0);
  });
});

describe.concurrent('exporter and kubelet', { timeout: 60_000 }, () => {
  it('gives a whole GPU to its pod, a busy and an idle one, and takes the series away with the pod', async (test) => {
    const socket = socketPath(test);
    let held = [holds('busy', fakeUuid(0)), holds('idle', fakeUuid(1)), holds('slices', 'MIG-41b3359c-e721-56e5-8009-12e5797ed514'), holds('cpu-only')]; // prettier-ignore
    await kubeletAt(test, socket, () => held);
    const smi = fakeNvidiaSmi(test, { gpus: [fakeGpu(0), fakeGpu(1, { 'utilization.gpu': '0' })] });
    const exporter = await readBy(test, smi, socket);
    const scrape = await exporter.until((now) => podUtilization(now, 'busy') === 0.3);
    expect(podUtilization(scrape, 'idle')).toBe(0);
    expect(scrape.get('pilotlight_unattributed_devices{reason="no-such-gpu"}')).toBe(1);
    expect(scrape.get('pilotlight_unattributed_devices{reason="shared"}')).toBe(0);
    expect(scrape.get(`pilotlight_pod_gpu_memory_total_bytes{namespace="inference",pod="busy",container="engine",uuid="${fakeUuid(0)}",attribution="exclusive"}`)).toBe(46_068 * 1_048_576); // prettier-ignore
    expect(scrape.get(kubeletWorks)).toBe(1);
    held = [holds('idle', fakeUuid(1))];
    const after = await exporter.until((now) => podUtilization(now, 'busy') === undefined);
    expect(podUtilization(after, 'idle')).toBe(0);
    expect(utilization(after, 0)).toBe(0.3);
  });

  it.for(['limits-rate', 'hangs'] as const)(
    'shows no old holders when the kubelet %s, and recovers',
    async (mood, test) => {
      const socket = socketPath(test);
      const kubelet = await kubeletAt(test, socket, () => [holds('busy', fakeUuid(0))]);
      const smi = fakeNvidiaSmi(test);
      const exporter = await readBy(test, smi, socket);
      await exporter.until((scrape) => podUtilization(scrape, 'busy') === 0.3);
      kubelet.mood = mood;
      const lost = await exporter.until((scrape) => podUtilization(scrape, 'busy') === undefined);
      expect(lost.get(kubeletWorks)).toBe(0);
      expect(lost.get(gpuWorks)).toBe(1);
      expect(utilization(lost)).toBe(0.3);
      expect([...lost.keys()].filter((series) => series.startsWith('pilotlight_unattributed'))).toEqual([]);
      kubelet.mood = 'answers';
      await exporter.until((scrape) => podUtilization(scrape, 'busy') === 0.3 && scrape.get(kubeletWorks) === 1);
    },
  );

  it('works without a kubelet, finds one that comes, and finds it again after a restart', async (test) => {
    const socket = socketPath(test);
    const smi = fakeNvidiaSmi(test);
    const exporter = await readBy(test, smi, socket);
    const without = await exporter.until((scrape) => scrape.get(gpuWorks) === 1);
    expect(without.get(kubeletWorks)).toBe(0);
    expect(utilization(without)).toBe(0.3);
    await test.expect.poll(async () => (await exporter.get('/readyz')).status).toBe(200);
    const first = await startKubelet(socket, () => [holds('one', fakeUuid(0))]);
    await exporter.until((scrape) => podUtilization(scrape, 'one') === 0.3);
    first.close();
    await exporter.until((scrape) => scrape.get(kubeletWorks) === 0);
    await kubeletAt(test, socket, () => [holds('two', fakeUuid(0))]);
    const after = await exporter.until((scrape) => podUtilization(scrape, 'two') === 0.3);
    expect(podUtilization(after, 'one')).toBeUndefined();
    await exporter.logged({ component: 'kubelet', msg: 'collecting works again' }, 2);
  });
});

describe.concurrent('exporter as a program', { timeout: 60_000 }, () => {
  it('runs on simulated GPUs that a file drives, and tells the host', async (test) => {
    const loadFile = join(socketPath(test), '..', 'load.json');
    writeFileSync(loadFile, '{"1": {"utilizationRatio": 0.25}}');
    const exporter = await startExporterProcess(test, [...interval, ...noKubelet, '--host-interval', '1s', '--backend', 'simulated', '--simulated-gpus', '2', '--simulated-load-file', loadFile]); // prettier-ignore
    const scrape = await exporter.until((now) => now.get('pilotlight_collect_success{collector="host"}') === 1);
    const ratios = [...scrape].filter(([key]) => key.startsWith('pilotlight_gpu_utilization_ratio')).map(([, value]) => value); // prettier-ignore
    expect(ratios).toEqual([0, 0.25]);
    expect(scrape.get('pilotlight_host_memory_total_bytes')).toBeGreaterThan(
      scrape.get('pilotlight_host_memory_used_bytes')!,
    );
    expect(scrape.get('pilotlight_host_cpu_utilization_ratio')).toBeLessThanOrEqual(1);
    expect(await exporter.stop()).toBe(0);
  });

  it.each([
    [['--port', '99999'], '--port: "99999" is not a whole number from 0 to 65535'],
    [['--backend', 'dcgm'], '--backend: "dcgm" is not one of auto, nvml, nvidia-smi, simulated'],
    [
      ['--sample-interval', '1ms'],
      '--sample-interval: "1ms" is not a duration such as "90s", "10m" or "1h30m", 100ms or more',
    ],
    [
      ['--resource-slices', 'kubernetes'],
      '--resource-slices: "kubernetes" is no URL such as https://kubernetes.default.svc',
    ],
    [['--clock', '0,0,60'], '--clock needs --backend simulated: real GPUs run in real time'],
    [
      ['--clock', 'soon'],
      '--clock: "soon" is not START,EPOCH,SPEED: two times in milliseconds since 1970 and a factor above 0',
    ],
    [['--sample-intervall', '1s'], 'unknown flag "--sample-intervall"; see --help'],
  ])('refuses %j with exit code 2 and one line', async (args, message) => {
    const run = promisify(execFile)(process.execPath, ['src/exporter/main.ts', ...args]);
    await expect(run).rejects.toMatchObject({ code: 2, stderr: `${message}\n` });
  });
});
