import { describe, expect, it } from 'vitest';
import type { GpuDevice } from '../../src/domain/gpu.ts';
import { DcgmSeries } from '../../src/exporter/dcgm-series.ts';
import { gpu, gpuUuid } from '../support/gpu-builders.ts';

const GiB = 1_073_741_824;

/** A GPU of which all is told. */
const full = gpu(0, {
  smClockHertz: 345e6,
  memoryClockHertz: 2_619e6,
  memoryTemperatureCelsius: 40,
  temperatureCelsius: 37,
  powerWatts: 71.25,
  energyJoules: 24_027.75,
  pcieReplays: 3,
  utilizationRatio: 0.29,
  memoryUtilizationRatio: 0.07,
  encoderUtilizationRatio: 0.05,
  decoderUtilizationRatio: 0.04,
  xidErrors: { counts: new Map([[31, 1]]), last: 31 },
  memoryReservedBytes: GiB,
  vgpuLicence: 'there',
  remappedRowsUncorrected: 1,
  remappedRowsCorrected: 2,
  rowRemapFailed: 0,
  graphicsEngineActiveRatio: 0.5,
  tensorActiveRatio: 0.25,
  memoryBandwidthRatio: 0.125,
  pcieTransmittedBytesPerSecond: 1_000,
  pcieReceivedBytesPerSecond: 2_000,
  nvlinkTransmittedBytesPerSecond: 3_000,
  nvlinkReceivedBytesPerSecond: 4_000,
});

/** What dcgm-exporter serves unless it is told otherwise, and in its unit what the GPU above has. */
const defaults = [
  ['DCGM_FI_DEV_SM_CLOCK', 'gauge', 345],
  ['DCGM_FI_DEV_MEM_CLOCK', 'gauge', 2_619],
  ['DCGM_FI_DEV_MEMORY_TEMP', 'gauge', 40],
  ['DCGM_FI_DEV_GPU_TEMP', 'gauge', 37],
  ['DCGM_FI_DEV_POWER_USAGE', 'gauge', 71.25],
  ['DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION', 'counter', 24_027_750],
  ['DCGM_FI_DEV_PCIE_REPLAY_COUNTER', 'counter', 3],
  ['DCGM_FI_DEV_GPU_UTIL', 'gauge', 29],
  ['DCGM_FI_DEV_MEM_COPY_UTIL', 'gauge', 7],
  ['DCGM_FI_DEV_ENC_UTIL', 'gauge', 5],
  ['DCGM_FI_DEV_DEC_UTIL', 'gauge', 4],
  ['DCGM_FI_DEV_XID_ERRORS', 'gauge', 31],
  ['DCGM_FI_DEV_FB_FREE', 'gauge', 39 * 1_024],
  ['DCGM_FI_DEV_FB_USED', 'gauge', 40 * 1_024],
  ['DCGM_FI_DEV_FB_RESERVED', 'gauge', 1_024],
  ['DCGM_FI_DEV_NVLINK_BANDWIDTH_TOTAL', 'gauge', 3],
  ['DCGM_FI_DEV_VGPU_LICENSE_STATUS', 'gauge', 1],
  ['DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS', 'counter', 1],
  ['DCGM_FI_DEV_CORRECTABLE_REMAPPED_ROWS', 'counter', 2],
  ['DCGM_FI_DEV_ROW_REMAP_FAILURE', 'gauge', 0],
  ['DCGM_FI_PROF_GR_ENGINE_ACTIVE', 'gauge', 0.5],
  ['DCGM_FI_PROF_PIPE_TENSOR_ACTIVE', 'gauge', 0.25],
  ['DCGM_FI_PROF_DRAM_ACTIVE', 'gauge', 0.125],
  ['DCGM_FI_PROF_PCIE_TX_BYTES', 'gauge', 1_000],
  ['DCGM_FI_PROF_PCIE_RX_BYTES', 'gauge', 2_000],
  ['DCGM_FI_PROF_NVLINK_TX_BYTES', 'gauge', 3_000],
  ['DCGM_FI_PROF_NVLINK_RX_BYTES', 'gauge', 4_000],
] as const;

/** The last of some samples of one GPU, a second apart each, as dcgm-exporter's users read it. */
function textOf(...moments: GpuDevice[]): string {
  const series = new DcgmSeries('node-a');
  for (const [at, device] of moments.entries()) {
    series.text.clear();
    const sample = { observedAtMs: at * 1_000, driverVersion: '580.65.06', devices: [device] };
    const allocation = { namespace: 'inference', pod: 'llama-0', container: 'vllm', resource: 'nvidia.com/gpu', deviceIds: [device.uuid] }; // prettier-ignore
    const reading = { ...allocation, attribution: 'exclusive', target: { device }, utilizationRatio: 0.29 } as const;
    series.show({ sample, attribution: { readings: [reading], leftOut: [] }, kubeletAnswers: true });
  }
  return series.text.text();
}

function carried(bytes: number): GpuDevice {
  return { ...full, nvlinkTransmittedBytes: bytes, nvlinkReceivedBytes: 2 * bytes };
}

const text = textOf(carried(5), carried(5 + 1_024_000));

function seriesOf(metric: string, of = text): string[] {
  return of.split('\n').filter((line) => line.startsWith(`${metric}{`));
}

describe('dashboards and queries that are written for dcgm-exporter', () => {
  it.each(defaults)('find %s, a %s, in its unit: %d', (metric, type, value) => {
    expect(text).toContain(`# TYPE ${metric} ${type}\n`);
    expect(seriesOf(metric).map((line) => Number(line.split(' ').at(-1)))).toEqual([value]);
  });

  it('find the GPU and the pod by the labels that dcgm-exporter gives them, before and after it renamed one', () => {
    const labels = `{gpu="0",UUID="${gpuUuid(0)}",pci_bus_id="00000000:0B:00.0",device="nvidia0",modelName="NVIDIA H100 80GB HBM3",Hostname="node-a",hostname="node-a",DCGM_FI_DRIVER_VERSION="580.65.06",container="vllm",namespace="inference",pod="llama-0"}`;
    expect(seriesOf('DCGM_FI_DEV_GPU_UTIL')).toEqual([`DCGM_FI_DEV_GPU_UTIL${labels} 29`]);
    expect(seriesOf('DCGM_FI_DEV_NVLINK_BANDWIDTH_TOTAL')).toEqual([`DCGM_FI_DEV_NVLINK_BANDWIDTH_TOTAL${labels} 3`]);
    expect(seriesOf('DCGM_FI_DEV_XID_ERRORS')[0]).toContain('err_code="31"');
  });

  it('find no number where the GPU tells none', () => {
    const bare = gpu(0);
    expect(textOf(bare, bare).split('\n').filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split('{')[0])).toEqual(
      ['DCGM_FI_DEV_FB_FREE', 'DCGM_FI_DEV_FB_TOTAL', 'DCGM_FI_DEV_GPU_UTIL', 'DCGM_FI_DEV_FB_USED'],
    ); // prettier-ignore
  });

  it.each([
    ['there', 1],
    ['missing', 0],
    ['not-needed', 0],
  ] as const)('read a licence that is %s as DCGM tells it', (vgpuLicence, value) => {
    const [line] = seriesOf('DCGM_FI_DEV_VGPU_LICENSE_STATUS', textOf({ ...full, vgpuLicence }));
    expect(line).toMatch(new RegExp(` ${value}$`));
  });
});
