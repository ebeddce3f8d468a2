import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PodGpu } from '../../../src/signals/exporters/pod-gpus.ts';
import { dcgmDialect } from '../../../src/signals/exporters/dcgm-dialect.ts';
import { parseExposition } from '../../../src/signals/exposition/parse-exposition.ts';

/** A line as dcgm-exporter writes it. */
function line(metric: string, value: number | string, labels: Record<string, string> = {}): string {
  const all = { gpu: '0', UUID: 'GPU-a', device: 'nvidia0', modelName: 'H100', Hostname: 'node-a', ...labels };
  const text = Object.entries(all).map(([name, label]) => `${name}="${label}"`).join(','); // prettier-ignore
  return `${metric}{${text}} ${value}\n`;
}

const llama = { container: 'vllm', namespace: 'inference', pod: 'llama-0' };

function gpusOf(lines: readonly string[], namespace = 'inference', pod = 'llama-0'): readonly PodGpu[] {
  return dcgmDialect.gather(parseExposition(lines.join(''), dcgmDialect.metrics).samples).of(namespace, pod);
}

const mib = 1_048_576;

describe("dcgm-exporter's series", () => {
  it('are read in percent and MiB, with the total as the sum of its parts', () => {
    const lines = [
      line('DCGM_FI_DEV_GPU_UTIL', 85, llama),
      line('DCGM_FI_DEV_FB_USED', 60_000, llama),
      line('DCGM_FI_DEV_FB_FREE', 20_000, llama),
      line('DCGM_FI_DEV_FB_RESERVED', 500, llama),
    ];
    expect(gpusOf(lines)).toEqual([
      { utilizationRatio: 0.85, memoryUsedBytes: 60_000 * mib, memoryTotalBytes: 80_500 * mib },
    ]);
    const [gpu] = gpusOf([...lines, line('DCGM_FI_DEV_FB_TOTAL', 81_920, llama)]);
    expect(gpu?.memoryTotalBytes).toBe(81_920 * mib);
  });

  it.each([
    ['as they are written', { namespace: 'inference', pod: 'llama-0' }],
    ['as old versions wrote them', { pod_namespace: 'inference', pod_name: 'llama-0' }],
  ])('tell of a pod by its labels %s', (_, labels) => {
    expect(gpusOf([line('DCGM_FI_DEV_GPU_UTIL', 50, labels)])).toEqual([{ utilizationRatio: 0.5 }]);
  });

  it('of no pod are nobody’s', () => {
    const none = line('DCGM_FI_DEV_GPU_UTIL', 50, { namespace: '', pod: '', container: '' });
    expect(gpusOf([none, line('DCGM_FI_DEV_GPU_UTIL', 50)], '', '')).toEqual([]);
  });

  it('tell slices of one GPU apart, whose utilization only the profiler knows', () => {
    const slice = (id: string, value: number): string =>
      line('DCGM_FI_PROF_GR_ENGINE_ACTIVE', value, { ...llama, GPU_I_ID: id, GPU_I_PROFILE: '1g.10gb' });
    expect(gpusOf([slice('7', 0.4), slice('8', 0.6)])).toEqual([{ utilizationRatio: 0.4 }, { utilizationRatio: 0.6 }]);
  });

  it('prefer the utilization of the device to that of the profiler', () => {
    const lines = [line('DCGM_FI_PROF_GR_ENGINE_ACTIVE', 0.4, llama), line('DCGM_FI_DEV_GPU_UTIL', 90, llama)];
    expect(gpusOf(lines)).toEqual([{ utilizationRatio: 0.9 }]);
  });

  it('of several GPUs of a pod stay apart, and those of containers that share one do not add up', () => {
    const other = { ...llama, UUID: 'GPU-b' };
    const sidecar = { ...llama, container: 'sidecar' };
    const lines = [llama, other, sidecar].map((labels, at) => line('DCGM_FI_DEV_GPU_UTIL', [70, 20, 70][at] ?? 0, labels)); // prettier-ignore
    expect(gpusOf(lines)).toEqual([{ utilizationRatio: 0.7 }, { utilizationRatio: 0.2 }]);
  });

  it.each([['4294967295'], ['101'], ['-1'], ['NaN'], ['+Inf']])('are no number where they say %s', (value) => {
    const [gpu] = gpusOf([line('DCGM_FI_DEV_GPU_UTIL', value, llama)]);
    expect(gpu?.utilizationRatio).toBeNaN();
  });

  it('never give a share outside 0 to 1, nor a negative size, whatever they hold', () => {
    const sample = fc.tuple(fc.constantFrom(...dcgmDialect.metrics), fc.double());
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 12 }), (samples) => {
        const lines = samples.map(([metric, value]) => line(metric, String(value), llama));
        for (const gpu of gpusOf(lines)) {
          const { utilizationRatio = 0, memoryUsedBytes = 0 } = gpu;
          expect(Number.isNaN(utilizationRatio) || (utilizationRatio >= 0 && utilizationRatio <= 1)).toBe(true);
          expect(Number.isNaN(memoryUsedBytes) || memoryUsedBytes >= 0).toBe(true);
        }
      }),
    );
  });
});
