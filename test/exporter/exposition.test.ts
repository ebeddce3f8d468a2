import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Allocation, GpuSample } from '../../src/domain/gpu.ts';
import { Exposition } from '../../src/exporter/exposition.ts';
import { collectors } from '../../src/exporter/self-series.ts';
import type { Collector } from '../../src/exporter/self-series.ts';
import { SampleLoop } from '../../src/gpu/nvidia-smi/query/loop.ts';
import { HandClock } from '../support/hand-clock.ts';
import { scrapeOf } from '../support/exposition-text.ts';

const uuid = (index: number): string => `GPU-11111111-aaaa-bbbb-cccc-00000000000${index + 1}`;
const garbage = { field: 'utilizationRatio', reason: 'out-of-range' } as const;
const nothing = { lines: 0, values: [] };

const allocations: Allocation[] = [
  { namespace: 'inference', pod: 'llama-0', container: 'vllm', resource: 'nvidia.com/gpu', deviceIds: [uuid(0)] },
  { namespace: 'inference', pod: 'idle-0', container: 'vllm', resource: 'nvidia.com/gpu', deviceIds: [uuid(1)] },
  { namespace: 'research', pod: 'slice-0', container: 'main', resource: 'nvidia.com/mig-1g.10gb', deviceIds: ['MIG-41b3359c-e721-56e5-8009-12e5797ed514'] }, // prettier-ignore
  {
    namespace: 'research',
    pod: 'shared-0',
    container: 'main',
    resource: 'nvidia.com/gpu.shared',
    deviceIds: [`${uuid(3)}::0`],
  },
  {
    namespace: 'research',
    pod: 'shared-1',
    container: 'main',
    resource: 'nvidia.com/gpu.shared',
    deviceIds: [`${uuid(3)}::1`],
  },
];

/** The sample that nvidia-smi's recorded output makes. */
function sampleOf(capture: string, clock: HandClock): GpuSample {
  const samples: GpuSample[] = [];
  const loop = new SampleLoop(clock, 1_000, { onSample: (sample) => samples.push(sample), onSilence: () => undefined });
  loop.push(readFileSync(`test/captures/${capture}`, 'utf8'));
  loop.close();
  return samples[0]!;
}

function setUp(collected: readonly Collector[] = ['gpu', 'kubelet']): {
  clock: HandClock;
  exposition: Exposition;
} {
  const clock = new HandClock('2026-11-23T12:00:00Z');
  const exposition = new Exposition({
    clock,
    nodeName: 'node-a',
    metricNames: 'native',
    sampleIntervalMs: 1_000,
    hostIntervalMs: 15_000,
    collectors: new Set(collected),
  });
  exposition.self.setBackend('nvidia-smi', 'node-a');
  return { clock, exposition };
}

/** The text without what differs from process to process. */
async function textOf(exposition: Exposition): Promise<string> {
  const lines = scrapeOf(exposition).split('\n');
  return lines.map((line) => line.replace(/^(process_\w+) .*/, '$1 (differs)')).join('\n');
}

async function seriesOf(exposition: Exposition): Promise<string[]> {
  return scrapeOf(exposition)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function live(series: readonly string[]): string[] {
  return series.filter((line) => /^pilotlight_(pod_)?gpu_|^pilotlight_unattributed/.test(line));
}

describe('a whole scrape', () => {
  // The files are written anew by `npx vitest run test/exporter/exposition.test.ts --update`.
  it('of a node with busy, idle, sliced and shared GPUs', async () => {
    const { clock, exposition } = setUp(collectors);
    exposition.takeReading({
      kind: 'sample',
      sample: sampleOf('two-h100-and-mig.csv', clock),
      rejected: { lines: 1, values: [garbage, garbage] },
    });
    exposition.takeAllocations({ kind: 'allocations', allocations, observedAtMs: clock.nowMs(), tookMs: 12 });
    exposition.takeHost({ kind: 'reading', reading: { cpuUtilizationRatio: 0.25, memoryUsedBytes: 4e9, memoryTotalBytes: 16e9 }, tookMs: 5 }); // prettier-ignore
    exposition.takeClaims({ kind: 'uuids', uuids: new Map(), tookMs: 7 });
    clock.jumpTo(clock.nowMs() + 750);
    await expect(await textOf(exposition)).toMatchFileSnapshot('../golden/exporter-node.metrics');
  });

  it('of a node with an old driver and no kubelet', async () => {
    const { clock, exposition } = setUp();
    exposition.takeReading({ kind: 'sample', sample: sampleOf('geforce-418.csv', clock), rejected: nothing });
    exposition.takeAllocations({ kind: 'failure', reason: 'no socket', tookMs: 1 });
    await expect(await textOf(exposition)).toMatchFileSnapshot('../golden/exporter-old-driver.metrics');
  });

  it('of a node whose driver does not answer', async () => {
    const { exposition } = setUp(['gpu']);
    exposition.takeReading({ kind: 'failure', reason: 'no driver', rejected: nothing });
    await expect(await textOf(exposition)).toMatchFileSnapshot('../golden/exporter-no-driver.metrics');
  });
});

describe('Exposition', () => {
  it('finds a claimed device by what the API server said last, while it answers and after', async () => {
    const { clock, exposition } = setUp(['gpu', 'kubelet', 'claims']);
    const claim = { ...allocations[0]!, resource: 'gpu.nvidia.com', deviceIds: ['some-device'] };
    exposition.takeReading({ kind: 'sample', sample: sampleOf('two-h100-and-mig.csv', clock), rejected: nothing });
    exposition.takeAllocations({ kind: 'allocations', allocations: [claim], observedAtMs: clock.nowMs(), tookMs: 1 });
    const podSeries = async (): Promise<string[]> => (await seriesOf(exposition)).filter((line) => line.startsWith('pilotlight_pod_gpu_utilization')); // prettier-ignore
    expect(await podSeries()).toEqual([]);
    exposition.takeClaims({ kind: 'uuids', uuids: new Map([['some-device', uuid(0)]]), tookMs: 1 });
    expect(await podSeries()).toHaveLength(1);
    expect(await seriesOf(exposition)).toContain('pilotlight_collect_success{collector="claims"} 1');
    exposition.takeClaims({ kind: 'failure', reason: 'x', tookMs: 1 });
    expect(await podSeries()).toHaveLength(1);
    expect(await seriesOf(exposition)).toContain('pilotlight_collect_success{collector="claims"} 0');
  });

  it('is ready when the GPUs and the kubelet were asked, whatever they said', () => {
    const { exposition } = setUp(collectors);
    expect(exposition.isReady).toBe(false);
    exposition.takeReading({ kind: 'started', unknownFields: [] });
    exposition.takeReading({ kind: 'failure', reason: 'x', rejected: nothing });
    expect(exposition.isReady).toBe(false);
    exposition.takeAllocations({ kind: 'failure', reason: 'x', tookMs: 1 });
    expect(exposition.isReady).toBe(true);
  });

  it('shows a sample for three intervals but 5 s at least, and then nothing of it', async () => {
    const { clock, exposition } = setUp();
    const takenAt = clock.nowMs();
    exposition.takeReading({ kind: 'sample', sample: sampleOf('two-h100-and-mig.csv', clock), rejected: nothing });
    exposition.takeAllocations({ kind: 'allocations', allocations, observedAtMs: takenAt, tookMs: 1 });
    clock.jumpTo(takenAt + 5_000);
    expect(await seriesOf(exposition)).toContain('pilotlight_collect_success{collector="gpu"} 1');
    clock.jumpTo(takenAt + 5_001);
    const series = await seriesOf(exposition);
    expect(live(series)).toEqual([]);
    expect(series).toContain('pilotlight_collect_success{collector="gpu"} 0');
    expect(series).toContain('pilotlight_collect_success{collector="kubelet"} 0');
    expect(series).toContain('pilotlight_sample_age_seconds 5.001');
  });

  it('shows nothing of the last sample once the reader failed, and counts its restarts', async () => {
    const { clock, exposition } = setUp(['gpu']);
    exposition.takeReading({ kind: 'sample', sample: sampleOf('two-h100-and-mig.csv', clock), rejected: nothing });
    exposition.takeReading({ kind: 'failure', reason: 'gone', rejected: { lines: 3, values: [] } });
    const series = await seriesOf(exposition);
    expect(live(series)).toEqual([]);
    expect(series).toContain('pilotlight_reader_restarts_total 1');
    expect(series).toContain('pilotlight_rejected_lines_total 3');
  });

  it('keeps the holders for a while when the kubelet fails once, and says that it fails', async () => {
    const { clock, exposition } = setUp();
    const takenAt = clock.nowMs();
    exposition.takeAllocations({ kind: 'allocations', allocations, observedAtMs: takenAt, tookMs: 1 });
    exposition.takeAllocations({ kind: 'failure', reason: 'rate limit', tookMs: 1 });
    clock.jumpTo(takenAt + 4_000);
    exposition.takeReading({ kind: 'sample', sample: sampleOf('two-h100-and-mig.csv', clock), rejected: nothing });
    const soon = await seriesOf(exposition);
    expect(soon.filter((line) => line.startsWith('pilotlight_pod_gpu_utilization'))).toHaveLength(2);
    expect(soon).toContain('pilotlight_collect_success{collector="kubelet"} 0');
    clock.jumpTo(takenAt + 5_001);
    const later = await seriesOf(exposition);
    expect(later.filter((line) => line.startsWith('pilotlight_pod_gpu'))).toEqual([]);
    expect(later.filter((line) => line.startsWith('pilotlight_gpu_utilization'))).not.toEqual([]);
  });

  it('takes the host figures away when they are old or can not be read', async () => {
    const { clock, exposition } = setUp(collectors);
    const reading = { cpuUtilizationRatio: 0, memoryUsedBytes: 1, memoryTotalBytes: 2 };
    const host = async (): Promise<string[]> =>
      (await seriesOf(exposition)).filter((line) => line.startsWith('pilotlight_host'));
    expect(await host()).toEqual([]);
    exposition.takeHost({ kind: 'reading', reading, tookMs: 1 });
    expect(await host()).toHaveLength(3);
    exposition.takeHost({ kind: 'failure', reason: 'x', tookMs: 1 });
    expect(await host()).toEqual([]);
    exposition.takeHost({ kind: 'reading', reading, tookMs: 1 });
    clock.jumpTo(clock.nowMs() + 45_001);
    expect(await host()).toEqual([]);
    expect(await seriesOf(exposition)).toContain('pilotlight_collect_success{collector="host"} 0');
  });

  it('never lets a series of a GPU name a pod, so that sums over either count each GPU once', async () => {
    const { clock, exposition } = setUp();
    exposition.takeReading({ kind: 'sample', sample: sampleOf('two-h100-and-mig.csv', clock), rejected: nothing });
    exposition.takeAllocations({ kind: 'allocations', allocations, observedAtMs: clock.nowMs(), tookMs: 1 });
    const series = await seriesOf(exposition);
    expect(series.filter((line) => line.startsWith('pilotlight_gpu_') && line.includes('pod='))).toEqual([]);
    expect(series.filter((line) => line.startsWith('pilotlight_pod_gpu_memory_used'))).toHaveLength(2);
  });

  it('writes names that hold quotes, backslashes and line breaks as Prometheus reads them', async () => {
    const { clock, exposition } = setUp(['gpu']);
    const sample = sampleOf('geforce-418.csv', clock);
    const odd = { ...sample.devices[0]!, model: 'a "b" \\ \n c' };
    exposition.takeReading({ kind: 'sample', sample: { ...sample, devices: [odd] }, rejected: nothing });
    expect(live(await seriesOf(exposition))[0]).toContain('model="a \\"b\\" \\\\ \\n c"');
  });
});
