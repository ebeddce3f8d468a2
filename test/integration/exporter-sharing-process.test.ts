import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import type { TestContext } from 'vitest';
import type { Allocation } from '../../src/domain/gpu.ts';
import { startKubelet } from '../../src/simulator/kubelet.ts';
import { startExporterProcess } from '../support/exporter-process.ts';
import type { ExporterProcess, Scrape } from '../support/exporter-process.ts';
import { containerCgroup, fakeNode } from '../support/fake-node.ts';
import type { FakeNode } from '../support/fake-node.ts';
import { fakeNvidiaSmi } from '../support/fake-nvidia-smi.ts';
import { allocation } from '../support/gpu-builders.ts';
import { buildMockNvml, hasCompiler, mockGpu, mockUuid, skippedWithoutCompiler } from '../support/mock-nvml.ts';
import type { MockDriver, MockNvml } from '../support/mock-nvml.ts';

const GiB = 1_073_741_824;
const uids = ['8a7b6c5d-0123-4567-89ab-cdef01234567', '0123456789abcdef0123456789abcdef'] as const;

function memoryByPod(scrape: Scrape): Record<string, number> {
  const series = [...scrape].filter(([key]) => key.startsWith('pilotlight_pod_gpu_memory_used_bytes'));
  return Object.fromEntries(series.map(([key, bytes]) => [/pod="([^"]*)"/.exec(key)?.[1] ?? '', bytes]));
}

/** An exporter with everything of a node that shares GPUs. */
async function startNode(
  test: TestContext,
  library: MockNvml,
  node: FakeNode,
  held: () => readonly Allocation[],
): Promise<ExporterProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-'));
  test.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const kubelet = await startKubelet(join(folder, 'kubelet.sock'), held);
  test.onTestFinished(() => kubelet.close());
  return startExporterProcess(test, [
    ...['--backend', 'nvml', '--nvml-path', library.path, '--sample-interval', '200ms'],
    ...['--kubelet-socket', join(folder, 'kubelet.sock'), '--metric-names', 'both', '--node-name', 'node-a'],
    ...['--proc-root', node.procRoot, '--pod-logs-path', node.podLogsPath],
  ]);
}

describe.runIf(hasCompiler)(`exporter, NVML and a shared GPU${skippedWithoutCompiler}`, { timeout: 120_000 }, () => {
  it('splits the GPU by process and pod, explains how, and forgets a pod that is gone', async (test) => {
    const node = fakeNode(test);
    node.pod('inference', 'a', uids[0]);
    node.pod('inference', 'b', uids[1]);
    node.run(4_001, containerCgroup(uids[0]));
    node.run(4_002, containerCgroup(uids[1]));
    const processes = [
      { pid: 4_001, bytes: GiB, smPercent: 20 },
      { pid: 4_002, bytes: GiB / 2, smPercent: 10 },
    ];
    const library = buildMockNvml(test, { gpus: [mockGpu(0, {}, { processes })] });
    const ids = [`${mockUuid(0)}::0`, `${mockUuid(0)}::1`, `${mockUuid(0)}::2`] as const;
    let held: Allocation[] = [allocation('a', [ids[0]]), allocation('b', [ids[1]]), allocation('idle', [ids[2]])];
    const exporter = await startNode(test, library, node, () => held);
    const scrape = await exporter.until((now) => Object.keys(memoryByPod(now)).length === 3);
    expect(memoryByPod(scrape)).toEqual({ a: GiB, b: GiB / 2, idle: 0 });
    const used = [...scrape].filter(([key]) => key.startsWith('DCGM_FI_DEV_FB_USED'));
    expect(used.map(([key, mebibytes]) => [/pod="([^"]*)"/.exec(key)?.[1], mebibytes])).toEqual([
      ['a', 1_024],
      ['b', 512],
      ['idle', 0],
      [undefined, 512],
    ]);
    expect(used[0]?.[0]).toContain('Hostname="node-a"');
    const report = await exporter.get('/debug/attribution');
    expect(report.status).toBe(200);
    expect(report.body).toContain('process 4001 of the pod is on it');
    held = held.slice(1);
    const after = await exporter.until((now) => memoryByPod(now)['a'] === undefined);
    expect(memoryByPod(after)).toEqual({ b: GiB / 2, idle: 0 });
    expect(await exporter.stop()).toBe(0);
  });

  it('splits a GPU of ten thousand processes, knows them again at each sample, and passes over one that ends', async (test) => {
    const count = 10_000;
    const node = fakeNode(test);
    node.pod('inference', 'a', uids[0]);
    node.pod('inference', 'b', uids[1]);
    const processes = Array.from({ length: count }, (_, index) => ({ pid: 1_001 + index, bytes: 4_096, smPercent: 0 }));
    for (const { pid } of processes) node.run(pid, containerCgroup(uids[pid % 2 === 0 ? 0 : 1]));
    const driver = (list: typeof processes): MockDriver => ({ gpus: [mockGpu(0, {}, { processes: list })] });
    const library = buildMockNvml(test, driver(processes));
    const held = [allocation('a', [`${mockUuid(0)}::0`]), allocation('b', [`${mockUuid(0)}::1`])];
    const exporter = await startNode(test, library, node, () => held);
    const half = (count / 2) * 4_096;
    await exporter.until((now) => isDeepStrictEqual(memoryByPod(now), { a: half, b: half }));
    // Their cgroups can be read no more, so who they are has to be remembered; and one ends while the driver lists it still.
    for (const { pid } of processes) rmSync(join(node.procRoot, String(pid), 'cgroup'));
    node.end(1_001);
    const after = await exporter.until((now) => memoryByPod(now)['b'] !== half);
    expect(memoryByPod(after)).toEqual({ a: half, b: half - 4_096 });
    library.become(driver(processes.slice(0, 10)));
    await exporter.until((now) => isDeepStrictEqual(memoryByPod(now), { a: 5 * 4_096, b: 4 * 4_096 }));
  });
});

/** A driver that can take the container's access away, as a systemd daemon-reload does, and give it back. */
interface AccessUnderTest {
  readonly args: readonly string[];
  take(): void;
  give(): void;
}

function ofNvidiaSmi(test: TestContext): AccessUnderTest {
  const smi = fakeNvidiaSmi(test);
  return {
    args: ['--backend', 'nvidia-smi', '--nvidia-smi-path', smi.path],
    take: () => smi.become({ behaviour: 'fails', exitCode: 255, message: 'Failed to initialize NVML: Unknown Error' }),
    give: () => smi.become({}),
  };
}

/** A library that is loaded keeps its access; the process that holds it has to end before it is noticed. */
function ofNvml(test: TestContext): AccessUnderTest {
  const library = buildMockNvml(test);
  return {
    args: ['--backend', 'nvml', '--nvml-path', library.path],
    take: () => library.become({ gpus: [], settings: { fail: 1, init: 999 } }),
    give: () => library.become({ gpus: [mockGpu(0)] }),
  };
}

describe('exporter, when its container may no longer open the GPUs', { timeout: 120_000 }, () => {
  const backends = [['nvidia-smi', ofNvidiaSmi] as const, ...(hasCompiler ? [['nvml', ofNvml] as const] : [])];

  it.for(backends)('fails its liveness and stays ready, and lives again when it may: %s', async ([, create], test) => {
    const { args, take, give } = create(test);
    const exporter = await startExporterProcess(test, [...args, '--sample-interval', '200ms', '--kubelet-socket', '']);
    await exporter.until((scrape) => scrape.get('pilotlight_collect_success{collector="gpu"}') === 1);
    expect((await exporter.get('/healthz')).status).toBe(200);
    take();
    // Three starts in a row have to fail, with a backoff between.
    const patience = { timeout: 50_000, interval: 100 };
    await vi.waitFor(async () => expect((await exporter.get('/healthz')).status).toBe(503), patience);
    expect((await exporter.get('/healthz')).body).toContain('only a new container can');
    expect((await exporter.get('/readyz')).status).toBe(200);
    give();
    await vi.waitFor(async () => expect((await exporter.get('/healthz')).status).toBe(200), patience);
  });
});
