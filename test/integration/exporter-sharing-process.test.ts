import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Allocation } from '../../src/domain/gpu.ts';
import { startKubelet } from '../../src/simulator/kubelet.ts';
import { startExporterProcess } from '../support/exporter-process.ts';
import type { Scrape } from '../support/exporter-process.ts';
import { containerCgroup, fakeNode } from '../support/fake-node.ts';
import { fakeNvidiaSmi } from '../support/fake-nvidia-smi.ts';
import { allocation } from '../support/gpu-builders.ts';
import { buildMockNvml, hasCompiler, mockGpu, mockUuid, skippedWithoutCompiler } from '../support/mock-nvml.ts';

const GiB = 1_073_741_824;
const uids = ['8a7b6c5d-0123-4567-89ab-cdef01234567', '0123456789abcdef0123456789abcdef'] as const;

function memoryByPod(scrape: Scrape): Record<string, number> {
  const series = [...scrape].filter(([key]) => key.startsWith('pilotlight_pod_gpu_memory_used_bytes'));
  return Object.fromEntries(series.map(([key, bytes]) => [/pod="([^"]*)"/.exec(key)?.[1] ?? '', bytes]));
}

describe.runIf(hasCompiler)(`exporter, NVML and a shared GPU${skippedWithoutCompiler}`, { timeout: 60_000 }, () => {
  it('splits the GPU by process and pod, explains how, and forgets a pod that is gone', async (test) => {
    const folder = mkdtempSync(join(tmpdir(), 'pilotlight-'));
    test.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
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
    const kubelet = await startKubelet(join(folder, 'kubelet.sock'), () => held);
    test.onTestFinished(() => kubelet.close());
    const exporter = await startExporterProcess(test, [
      ...['--backend', 'nvml', '--nvml-path', library.path, '--sample-interval', '200ms'],
      ...['--kubelet-socket', join(folder, 'kubelet.sock'), '--metric-names', 'both', '--node-name', 'node-a'],
      ...['--proc-root', node.procRoot, '--pod-logs-path', node.podLogsPath],
    ]);
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
});

describe('exporter, when its container may no longer open the GPUs', { timeout: 60_000 }, () => {
  it('fails its liveness and stays ready, and lives again when it may', async (test) => {
    const smi = fakeNvidiaSmi(test);
    const args = ['--backend', 'nvidia-smi', '--sample-interval', '200ms', '--kubelet-socket', ''];
    const exporter = await startExporterProcess(test, [...args, '--nvidia-smi-path', smi.path]);
    await exporter.until((scrape) => scrape.get('pilotlight_collect_success{collector="gpu"}') === 1);
    expect((await exporter.get('/healthz')).status).toBe(200);
    smi.become({ behaviour: 'fails', exitCode: 255, message: 'Failed to initialize NVML: Unknown Error' });
    const patience = { timeout: 30_000, interval: 100 };
    await vi.waitFor(async () => expect((await exporter.get('/healthz')).status).toBe(503), patience);
    expect((await exporter.get('/healthz')).body).toContain('only a new container can');
    expect((await exporter.get('/readyz')).status).toBe(200);
    smi.become({});
    await vi.waitFor(async () => expect((await exporter.get('/healthz')).status).toBe(200), patience);
  });
});
