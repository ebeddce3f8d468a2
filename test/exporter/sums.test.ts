import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Exposition } from '../../src/exporter/exposition.ts';
import type { MetricNames } from '../../src/exporter/gpu-series.ts';
import { arbitraryNode } from '../support/arbitrary-node.ts';
import type { ArbitraryNode } from '../support/arbitrary-node.ts';
import { scrapeOf } from '../support/exposition-text.ts';
import { HandClock } from '../support/hand-clock.ts';

type Series = readonly [name: string, labels: string, value: number];

/** What a scrape of the node tells. */
function scrape({ devices, allocations, ownerOf }: ArbitraryNode, metricNames: MetricNames): Series[] {
  const clock = new HandClock(1_000_000);
  const settings = { clock, nodeName: 'node-a', metricNames, sampleIntervalMs: 1_000, hostIntervalMs: 0, ownerOf };
  const exposition = new Exposition({ ...settings, collectors: new Set(['gpu', 'kubelet'] as const) });
  const rejected = { lines: 0, values: [] };
  exposition.takeReading({ kind: 'sample', sample: { observedAtMs: clock.nowMs(), devices }, rejected });
  exposition.takeAllocations({ kind: 'allocations', allocations, observedAtMs: clock.nowMs(), tookMs: 1 });
  const rows = scrapeOf(exposition).matchAll(/^(\w+)(\{.*\})? (\S+)$/gm);
  return [...rows].map(([, name = '', labels = '', value]) => [name, labels, Number(value)]);
}

/** Sums of one metric by GPU or slice. */
function sums(series: readonly Series[], metric: string, key: RegExp): Map<string, number> {
  const own = series.filter(([name]) => name === metric);
  const byDevice = Map.groupBy(own, ([, labels]) => key.exec(labels)?.slice(1).join() ?? '');
  return new Map([...byDevice].map(([device, ones]) => [device, ones.reduce((sum, [, , value]) => sum + value, 0)]));
}

describe('a scrape, whatever is there', () => {
  it('has no series twice', () => {
    fc.assert(
      fc.property(arbitraryNode, (node) => {
        const names = scrape(node, 'both').map(([name, labels]) => name + labels);
        expect(new Set(names).size).toBe(names.length);
      }),
      { numRuns: 50 },
    );
  });

  it('tells GPUs and pods apart, and of the pods of a GPU or slice no more than of itself', () => {
    const uuid = /[{,]uuid="([^"]*)"/;
    fc.assert(
      fc.property(arbitraryNode, (node) => {
        const series = scrape(node, 'native');
        const ofDevices = series.filter(([name]) => /^pilotlight_(gpu|mig)_/.test(name));
        expect(ofDevices.filter(([, labels]) => /[{,](pod|namespace|container)=/.test(labels))).toEqual([]);
        for (const figure of ['utilization_ratio', 'memory_used_bytes']) {
          const whole = new Map([...sums(series, `pilotlight_gpu_${figure}`, uuid), ...sums(series, `pilotlight_mig_${figure}`, uuid)]); // prettier-ignore
          for (const [device, sum] of sums(series, `pilotlight_pod_gpu_${figure}`, uuid)) {
            expect(sum).toBeLessThanOrEqual(
              (whole.get(device) ?? (figure === 'utilization_ratio' ? 1 : Infinity)) + 1e-9,
            );
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('has sums under NVIDIA’s names that are the GPU’s or slice’s own, whoever shares it', () => {
    const uuid = /UUID="([^"]*)"(?:.*GPU_I_ID="(\d+)")?/;
    fc.assert(
      fc.property(arbitraryNode, (node) => {
        const told = sums(scrape(node, 'dcgm'), 'DCGM_FI_DEV_FB_USED', uuid);
        const whole = node.devices.flatMap(({ uuid: device, memoryUsedBytes, migDevices }): [string, number | undefined][] =>
          migDevices ? migDevices.map((one) => [`${device},${one.gpuInstanceId}`, one.memoryUsedBytes]) : [[`${device},`, memoryUsedBytes]],
        ); // prettier-ignore
        for (const [device, used] of whole) {
          if (used !== undefined) expect(told.get(device)).toBeCloseTo(used / 1_048_576, 3);
        }
      }),
      { numRuns: 50 },
    );
  });
});
