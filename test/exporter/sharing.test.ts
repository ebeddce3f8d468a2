import { describe, expect, it, vi } from 'vitest';
import type { GpuProcess } from '../../src/domain/gpu.ts';
import { Exposition } from '../../src/exporter/exposition.ts';
import { metricNameChoices } from '../../src/exporter/gpu-series.ts';
import type { MetricNames } from '../../src/exporter/gpu-series.ts';
import type { Collector } from '../../src/exporter/self-series.ts';
import type { OwnerLookup } from '../../src/gpu/processes/owner.ts';
import { ProcessOwners } from '../../src/gpu/processes/owners.ts';
import { containerCgroup, fakeNode } from '../support/fake-node.ts';
import { allocation, gpu, gpuProcess, gpuUuid } from '../support/gpu-builders.ts';
import { HandClock } from '../support/hand-clock.ts';
import { mixedAllocations, mixedOwners, mixedSample } from '../support/mixed-node.ts';
import { scrapeOf } from '../support/exposition-text.ts';

const rejected = { lines: 0, values: [] };

function setUp(
  metricNames: MetricNames,
  ownerOf: OwnerLookup,
  collected: readonly Collector[] = ['gpu', 'kubelet'],
): { clock: HandClock; exposition: Exposition } {
  const clock = new HandClock('2026-11-23T12:00:00Z');
  const collectors = new Set(collected);
  const exposition = new Exposition({ clock, nodeName: 'node-a', metricNames, sampleIntervalMs: 1_000, hostIntervalMs: 15_000, collectors, ownerOf }); // prettier-ignore
  exposition.self.setBackend('nvml', 'node-a');
  return { clock, exposition };
}

function mixedNode(metricNames: MetricNames): Exposition {
  const { clock, exposition } = setUp(metricNames, mixedOwners);
  exposition.takeReading({ kind: 'sample', sample: mixedSample(clock.nowMs()), rejected });
  exposition.takeAllocations({ kind: 'allocations', allocations: mixedAllocations, observedAtMs: clock.nowMs(), tookMs: 3 }); // prettier-ignore
  return exposition;
}

async function seriesOf(exposition: Exposition, name: string): Promise<[string, number][]> {
  const lines = scrapeOf(exposition)
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`));
  return lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]);
}

describe('a node with GPUs held alone, shared and cut in slices', () => {
  it.each(metricNameChoices)('is told under %s names', async (names) => {
    const lines = scrapeOf(mixedNode(names)).split('\n');
    const text = lines.map((line) => line.replace(/^(process_\w+) .*/, '$1 (differs)')).join('\n');
    await expect(text).toMatchFileSnapshot(`../golden/exporter-mixed-${names}.metrics`);
  });

  it('has no series twice, and under NVIDIA’s names sums that are the GPUs’', async () => {
    const exposition = mixedNode('both');
    const lines = scrapeOf(exposition)
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    const names = lines.map((line) => line.slice(0, line.lastIndexOf(' ')));
    expect(new Set(names).size).toBe(names.length);
    const utilization = await seriesOf(exposition, 'DCGM_FI_DEV_GPU_UTIL');
    const ofShared = utilization.filter(([labels]) => labels.includes(gpuUuid(2)));
    expect(ofShared.map(([labels, value]) => [/pod="([^"]*)"/.exec(labels)?.[1], value])).toEqual([
      ['small-0', 25],
      ['small-1', 25],
      ['idle-0', 0],
      [undefined, 10],
    ]);
    const memory = (await seriesOf(exposition, 'DCGM_FI_DEV_FB_USED')).filter(([key]) => key.includes(gpuUuid(2)));
    expect(memory.reduce((sum, [, mebibytes]) => sum + mebibytes, 0)).toBe(40 * 1_024);
  });

  it('says for each GPU who has it, how that was found, and what was left out', () => {
    const report = mixedNode('native').attribution();
    expect(report.observedAt).toBe('2026-11-23T12:00:00.000Z');
    expect(report.devices.map(({ gpu: index, holders, leftOut }) => [index, names(holders), names(leftOut)])).toEqual([
      [0, ['llama-0 exclusive'], []],
      [1, [], []],
      [2, ['small-0 process', 'small-1 process', 'idle-0 process'], []],
      [3, ['slice-0 mig', 'slice-1 mig'], []],
      [4, [], ['lost-0 shared']],
    ]);
    expect(names(report.leftOut)).toEqual(['lost-1 no-such-gpu']);
    expect(JSON.stringify(report)).toContain('which others may use as well; process 201 of the pod is on it');
    expect(JSON.stringify(report)).toContain('the driver does not tell its processes');
    expect(report).not.toHaveProperty('lost');
  });

  it('names a GPU that is lost, with the errors that it reported', async () => {
    const { clock, exposition } = setUp('native', mixedOwners);
    const lost = { index: 7, uuid: gpuUuid(7), model: 'NVIDIA H100', pciBusId: '00000000:7b:00.0', xidErrors: { counts: new Map([[79, 1]]), last: 79 } }; // prettier-ignore
    exposition.takeReading({ kind: 'sample', sample: { ...mixedSample(clock.nowMs()), lostCount: 2, lost: [lost] }, rejected }); // prettier-ignore
    const text = scrapeOf(exposition);
    expect(text).toContain(`pilotlight_gpu_lost{gpu="7",uuid="${gpuUuid(7)}",model="NVIDIA H100",pci_bus_id="00000000:7b:00.0"} 1`); // prettier-ignore
    expect(text).toMatch(/^pilotlight_gpu_xid_errors_total\{gpu="7",.*xid="79"\} 1$/m);
    expect(text).toContain('pilotlight_lost_gpus 2\n');
    exposition.takeAllocations({ kind: 'allocations', allocations: [allocation('on-lost', [gpuUuid(7)])], observedAtMs: clock.nowMs(), tookMs: 1 }); // prettier-ignore
    const { lost: told, leftOut } = exposition.attribution();
    expect(told).toEqual([{ gpu: 7, uuid: gpuUuid(7), model: 'NVIDIA H100' }]);
    expect(leftOut).toMatchObject([{ pod: 'on-lost', reason: 'no-such-gpu', why: 'the GPU is lost: the driver counts it and does not show it any more' }]); // prettier-ignore
  });

  it('says why it can tell nothing', () => {
    const { clock, exposition } = setUp('native', mixedOwners);
    const unknown = (): string | undefined => exposition.attribution().unknown;
    expect(exposition.attribution().devices).toEqual([]);
    expect(unknown()).toBe('there is no GPU sample that describes now: the driver has not answered');
    exposition.takeReading({ kind: 'failure', reason: 'no driver', rejected });
    expect(unknown()).toBe('there is no GPU sample that describes now: no driver');
    exposition.takeReading({ kind: 'sample', sample: mixedSample(clock.nowMs()), rejected });
    expect(unknown()).toBe('the holders of the GPUs are not known: the kubelet has not answered');
    exposition.takeAllocations({ kind: 'failure', reason: 'no socket', tookMs: 1 });
    expect(unknown()).toBe('the holders of the GPUs are not known: no socket');
    exposition.takeAllocations({ kind: 'allocations', allocations: [], observedAtMs: clock.nowMs(), tookMs: 1 });
    expect(unknown()).toBeUndefined();
    const alone = setUp('native', mixedOwners, ['gpu']);
    alone.exposition.takeReading({ kind: 'sample', sample: mixedSample(clock.nowMs()), rejected });
    expect(alone.exposition.attribution().unknown).toBe('the holders of the GPUs are not known: no kubelet is asked, see --kubelet-socket'); // prettier-ignore
  });
});

function names(entries: unknown): string[] {
  const list = entries as { pod: string; attribution?: string; reason?: string }[];
  return list.map(({ pod, attribution, reason = '' }) => `${pod} ${attribution ?? reason}`);
}

describe('real files of a node', () => {
  const uids = ['8a7b6c5d-0123-4567-89ab-cdef01234567', '0123456789abcdef0123456789abcdef'] as const;
  const both = [allocation('a', [`${gpuUuid(0)}::0`]), allocation('b', [`${gpuUuid(0)}::1`])];

  it('follow pods and processes as they come and go', async (test) => {
    const node = fakeNode(test);
    node.pod('inference', 'a', uids[0]);
    node.pod('inference', 'b', uids[1]);
    node.run(10, containerCgroup(uids[0]));
    node.run(11, containerCgroup(uids[1]));
    const owners = new ProcessOwners(node);
    await owners.start();
    const { clock, exposition } = setUp('native', (pid) => owners.ownerOf(pid));
    const cycle = async (processes: GpuProcess[], allocations = both): Promise<Record<string, number>> => {
      const observedAtMs = clock.nowMs();
      exposition.takeReading({ kind: 'sample', sample: { observedAtMs, devices: [gpu(0, { utilizationRatio: 0.5, processes })] }, rejected }); // prettier-ignore
      exposition.takeAllocations({ kind: 'allocations', allocations, observedAtMs, tookMs: 1 });
      clock.jumpTo(observedAtMs + 1_000);
      const series = await seriesOf(exposition, 'pilotlight_pod_gpu_utilization_ratio');
      return Object.fromEntries(series.map(([labels, value]) => [/pod="([^"]*)"/.exec(labels)?.[1] ?? '', value]));
    };
    expect(await cycle([gpuProcess(10), gpuProcess(11)])).toEqual({ a: 0.1, b: 0.1 });
    expect(await cycle([gpuProcess(10)])).toEqual({ a: 0.1, b: 0 });
    node.end(10);
    expect(await cycle([gpuProcess(10), gpuProcess(11)])).toEqual({ a: 0, b: 0.1 });
    expect(await cycle([gpuProcess(11)], both.slice(1))).toEqual({ b: 0.1 });
    expect(await cycle([gpuProcess(11), gpuProcess(99)])).toEqual({});
    expect(await seriesOf(exposition, 'pilotlight_unattributed_devices')).toContainEqual(['pilotlight_unattributed_devices{reason="unknown-process"}', 2]); // prettier-ignore
    node.run(99, '/system.slice/dcgm.service');
    await vi.waitFor(async () => expect(await cycle([gpuProcess(11), gpuProcess(99)])).toEqual({ a: 0, b: 0.1 }));
  });
});
