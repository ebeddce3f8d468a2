import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TestContext } from 'vitest';
import { startKubelet } from '../../src/simulator/kubelet.ts';
import { startExporterProcess } from '../support/exporter-process.ts';
import type { ExporterProcess, Scrape } from '../support/exporter-process.ts';
import { allocation } from '../support/gpu-builders.ts';
import { buildMockNvml, hasCompiler, mockGpu, mockUuid, skippedWithoutCompiler } from '../support/mock-nvml.ts';
import { slicesOf, startSlicesServer } from '../support/slices-server.ts';
import type { SlicesServer } from '../support/slices-server.ts';

const claim = { resource: 'gpu.nvidia.com' };
const claimsWork = 'pilotlight_collect_success{collector="claims"}';
const slice = (digit: number): string => `MIG-0f0f0f0f-1111-2222-3333-00000000000${digit}`;

/** Three pods with claims: two of slices of one profile, which their names don't tell apart, and one of a whole GPU. */
async function startNode(test: TestContext, server: SlicesServer): Promise<ExporterProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-'));
  test.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const socket = join(folder, 'kubelet.sock');
  const held = ['gpu-0-mig-1g10gb-19-0', 'gpu-0-mig-1g10gb-19-1', 'gpu-1'].map((id, at) => allocation(`pod-${at}`, [id], claim)); // prettier-ignore
  const kubelet = await startKubelet(socket, () => held);
  test.onTestFinished(() => kubelet.close());
  const slices = [1, 2].map((digit) => ({ uuid: slice(digit), values: { name: 'NVIDIA H100 80GB HBM3 MIG 1g.10gb', gi: digit, ci: 0, used: digit * 1_000, total: 5_000 } })); // prettier-ignore
  const library = buildMockNvml(test, { gpus: [mockGpu(0, { mig: 1, utilization: '!3' }, { slices }), mockGpu(1, { used: 7_000 })] }); // prettier-ignore
  return startExporterProcess(test, [
    ...['--backend', 'nvml', '--nvml-path', library.path, '--sample-interval', '200ms', '--node-name', 'node-a'],
    ...['--kubelet-socket', socket, '--resource-slices', server.url, '--service-account-path', server.folder],
  ]);
}

/** Pods with what they use, and of which GPU or slice. */
function usedByPod(scrape: Scrape): Record<string, string> {
  const series = [...scrape].filter(([key]) => key.startsWith('pilotlight_pod_gpu_memory_used_bytes'));
  return Object.fromEntries(series.map(([key, bytes]) => [/pod="([^"]*)"/.exec(key)?.[1] ?? '', `${/uuid="([^"]*)",attribution="(?:mig|exclusive)"/.exec(key)?.[1]} ${bytes}`])); // prettier-ignore
}

describe.runIf(hasCompiler)(`exporter, claims and ResourceSlices${skippedWithoutCompiler}`, { timeout: 60_000 }, () => {
  it('tells slices of one profile apart by what the API server says, asked as the service account for this node', async (test) => {
    // The second slice of memory is that of the slice with the lower number: only the API server knows.
    const body = slicesOf({ 'gpu-0-mig-1g10gb-19-0': slice(2), 'gpu-0-mig-1g10gb-19-1': slice(1), 'gpu-1': mockUuid(1) }); // prettier-ignore
    const server = await startSlicesServer(test, (version) => (version === 'v1' ? { status: 404 } : { status: 200, body })); // prettier-ignore
    const exporter = await startNode(test, server);
    const scrape = await exporter.until((now) => Object.keys(usedByPod(now)).length === 3);
    expect(usedByPod(scrape)).toEqual({
      'pod-0': `${slice(2)} 2000`,
      'pod-1': `${slice(1)} 1000`,
      'pod-2': `${mockUuid(1)} 7000`,
    });
    expect(scrape.get(claimsWork)).toBe(1);
    expect(scrape.get('pilotlight_unattributed_devices{reason="mig"}')).toBe(0);
    expect(server.asked.at(-1)).toEqual({
      path: `/apis/resource.k8s.io/v1beta2/resourceslices?fieldSelector=${encodeURIComponent('spec.nodeName=node-a,spec.driver=gpu.nvidia.com')}`,
      authorization: 'Bearer first-token',
    });
    expect(await exporter.stop()).toBe(0);
  });

  it('goes on without the API server by what the names tell, says what is wrong, and keeps its token to itself', async (test) => {
    const server = await startSlicesServer(test, () => ({ status: 403, body: { message: 'no' } }));
    const exporter = await startNode(test, server);
    const scrape = await exporter.until((now) => now.get(claimsWork) === 0 && Object.keys(usedByPod(now)).length === 1);
    expect(usedByPod(scrape)).toEqual({ 'pod-2': `${mockUuid(1)} 7000` });
    expect(scrape.get('pilotlight_unattributed_devices{reason="mig"}')).toBe(2);
    await exporter.logged({
      component: 'claims',
      reason: `the API server at ${server.url} does not let this service account list ResourceSlices (403): grant it the verb list on resourceslices of resource.k8s.io`,
    });
    const report = await exporter.get('/debug/attribution');
    expect(report.body).toContain('the ID fits 2 slices of the GPU');
    const told = JSON.stringify([exporter.logs, [...scrape.keys()], report.body]);
    expect(told).not.toContain('first-token');
  });
});
