import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** What the panels and variables of NVIDIA's dashboard 12239 ask for: metrics, each filtered by `instance` and `gpu`. */
const dashboardMetrics = ['DCGM_FI_DEV_GPU_TEMP', 'DCGM_FI_DEV_POWER_USAGE', 'DCGM_FI_DEV_SM_CLOCK', 'DCGM_FI_DEV_GPU_UTIL', 'DCGM_FI_PROF_PIPE_TENSOR_ACTIVE', 'DCGM_FI_DEV_FB_USED']; // prettier-ignore

/** What dcgm-exporter serves unless it is told otherwise and what can be known without DCGM; licences of vGPUs and the bandwidth of NVLink can't. */
const defaultMetrics = [...dashboardMetrics, 'DCGM_FI_DEV_MEM_CLOCK', 'DCGM_FI_DEV_MEMORY_TEMP', 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION', 'DCGM_FI_DEV_PCIE_REPLAY_COUNTER', 'DCGM_FI_DEV_MEM_COPY_UTIL', 'DCGM_FI_DEV_ENC_UTIL', 'DCGM_FI_DEV_DEC_UTIL', 'DCGM_FI_DEV_XID_ERRORS', 'DCGM_FI_DEV_FB_FREE', 'DCGM_FI_DEV_FB_RESERVED', 'DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS', 'DCGM_FI_DEV_CORRECTABLE_REMAPPED_ROWS', 'DCGM_FI_DEV_ROW_REMAP_FAILURE', 'DCGM_FI_PROF_GR_ENGINE_ACTIVE', 'DCGM_FI_PROF_DRAM_ACTIVE', 'DCGM_FI_PROF_PCIE_TX_BYTES', 'DCGM_FI_PROF_PCIE_RX_BYTES']; // prettier-ignore

/** Counters are asked for with `rate`, everything else as it is. */
const counters = ['DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION', 'DCGM_FI_DEV_PCIE_REPLAY_COUNTER'];

const served = readFileSync('test/golden/exporter-mixed-dcgm.metrics', 'utf8');

function seriesOf(metric: string): string[] {
  return served.split('\n').filter((line) => line.startsWith(`${metric}{`));
}

describe('dashboards and queries that are written for dcgm-exporter', () => {
  it.each(dashboardMetrics.filter((metric) => metric !== 'DCGM_FI_DEV_SM_CLOCK'))(
    'find %s by gpu, in a number that is dcgm-exporter’s unit',
    (metric) => {
      const series = seriesOf(metric);
      expect(series.length).toBeGreaterThan(0);
      for (const line of series) expect(line).toMatch(/^\w+\{gpu="\d+",UUID="GPU-[^"]+",.*\} \d+(\.\d+)?$/);
    },
  );

  it('find the clock of an idle GPU in MHz', () => {
    expect(seriesOf('DCGM_FI_DEV_SM_CLOCK').map((line) => line.split(' ').at(-1))).toContain('345');
  });

  it.each(defaultMetrics)('know %s, of the type that they expect', (metric) => {
    expect(served).toMatch(new RegExp(`^# TYPE ${metric} ${counters.includes(metric) || metric.includes('REMAPPED_ROWS') ? 'counter' : 'gauge'}$`, 'm')); // prettier-ignore
  });

  it('find pods by the labels that dcgm-exporter gives them', () => {
    expect(seriesOf('DCGM_FI_DEV_GPU_UTIL').filter((line) => line.includes('container="vllm",namespace="inference",pod="llama-0"'))).toHaveLength(1); // prettier-ignore
    expect(seriesOf('DCGM_FI_DEV_FB_USED').some((line) => /GPU_I_PROFILE="1g.10gb",GPU_I_ID="7"/.test(line))).toBe(true); // prettier-ignore
  });
});
