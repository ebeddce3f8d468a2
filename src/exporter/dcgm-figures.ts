import { clockEventReasons } from '../domain/gpu.ts';
import type { ClockEventReason, GpuDevice, MigDevice } from '../domain/gpu.ts';

/** A metric of dcgm-exporter: its name, a help text, and its value in dcgm-exporter's unit; undefined where it is not known. */
interface Figure<Source> {
  readonly name: string;
  readonly help: string;
  /** A gauge where it is not said. */
  readonly type?: 'counter';
  readonly valueOf: (source: Source) => number | undefined;
  /** Labels beside those of the GPU. */
  readonly labelsOf?: (source: Source) => Readonly<Record<string, string>>;
}

/** Told of a GPU as a whole, once. */
export const deviceFigures: readonly Figure<GpuDevice>[] = [
  { name: 'DCGM_FI_DEV_SM_CLOCK', help: 'SM clock frequency (in MHz).', valueOf: (gpu) => over(gpu.smClockHertz, 1e6) },
  { name: 'DCGM_FI_DEV_MEM_CLOCK', help: 'Memory clock frequency (in MHz).', valueOf: (gpu) => over(gpu.memoryClockHertz, 1e6) },
  { name: 'DCGM_FI_DEV_MEMORY_TEMP', help: 'Memory temperature (in C).', valueOf: (gpu) => gpu.memoryTemperatureCelsius },
  { name: 'DCGM_FI_DEV_GPU_TEMP', help: 'GPU temperature (in C).', valueOf: (gpu) => gpu.temperatureCelsius },
  { name: 'DCGM_FI_DEV_POWER_USAGE', help: 'Power draw (in W).', valueOf: (gpu) => gpu.powerWatts },
  { name: 'DCGM_FI_DEV_MEM_COPY_UTIL', help: 'Memory utilization (in %).', valueOf: (gpu) => percent(gpu.memoryUtilizationRatio) },
  { name: 'DCGM_FI_DEV_ENC_UTIL', help: 'Encoder utilization (in %).', valueOf: (gpu) => percent(gpu.encoderUtilizationRatio) },
  { name: 'DCGM_FI_DEV_DEC_UTIL', help: 'Decoder utilization (in %).', valueOf: (gpu) => percent(gpu.decoderUtilizationRatio) },
  { name: 'DCGM_FI_DEV_FB_FREE', help: 'Free framebuffer memory (in MiB).', valueOf: (gpu) => (isCut(gpu) ? undefined : free(gpu)) },
  { name: 'DCGM_FI_DEV_FB_RESERVED', help: 'Reserved framebuffer memory (in MiB).', valueOf: (gpu) => mebibytes(gpu.memoryReservedBytes) },
  { name: 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION', help: 'Total energy consumption since boot (in mJ).', type: 'counter', valueOf: (gpu) => over(gpu.energyJoules, 1e-3) },
  { name: 'DCGM_FI_DEV_PCIE_REPLAY_COUNTER', help: 'Total number of PCIe retries.', type: 'counter', valueOf: (gpu) => gpu.pcieReplays },
  { name: 'DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS', help: 'Number of remapped rows for uncorrectable errors.', type: 'counter', valueOf: (gpu) => gpu.remappedRowsUncorrected },
  { name: 'DCGM_FI_DEV_CORRECTABLE_REMAPPED_ROWS', help: 'Number of remapped rows for correctable errors.', type: 'counter', valueOf: (gpu) => gpu.remappedRowsCorrected },
  { name: 'DCGM_FI_DEV_ROW_REMAP_FAILURE', help: 'Whether remapping of rows has failed.', valueOf: (gpu) => gpu.rowRemapFailed },
  { name: 'DCGM_FI_DEV_XID_ERRORS', help: 'Value of the last XID error encountered, 0 for none.', valueOf: ({ xidErrors }) => xidErrors && (xidErrors.last ?? 0), labelsOf: ({ xidErrors }) => ({ err_code: String(xidErrors?.last ?? 0) }) },
  { name: 'DCGM_FI_DEV_VGPU_LICENSE_STATUS', help: 'Whether vGPU software is licensed: 1 or 0, 0 as well where it needs no licence.', valueOf: ({ vgpuLicence }) => vgpuLicence && (vgpuLicence === 'there' ? 1 : 0) },
  { name: 'DCGM_FI_DEV_FB_TOTAL', help: 'Total framebuffer memory (in MiB).', valueOf: (gpu) => mebibytes(gpu.memoryTotalBytes) },
  { name: 'DCGM_FI_DEV_POWER_MGMT_LIMIT', help: 'Current power limit (in W).', valueOf: (gpu) => gpu.powerLimitWatts },
  { name: 'DCGM_FI_DEV_CLOCK_THROTTLE_REASONS', help: 'Reasons of lowered clocks, as bits.', valueOf: ({ clockEventReasons: active }) => active && bitsOf(active) },
  { name: 'DCGM_FI_DEV_ECC_SBE_AGG_TOTAL', help: 'Total number of single-bit persistent ECC errors.', type: 'counter', valueOf: (gpu) => gpu.eccCorrectedErrors },
  { name: 'DCGM_FI_DEV_ECC_DBE_AGG_TOTAL', help: 'Total number of double-bit persistent ECC errors.', type: 'counter', valueOf: (gpu) => gpu.eccUncorrectedErrors },
  { name: 'DCGM_FI_DEV_RETIRED_SBE', help: 'Total number of retired pages due to single-bit errors.', type: 'counter', valueOf: (gpu) => gpu.retiredPagesCorrected },
  { name: 'DCGM_FI_DEV_RETIRED_DBE', help: 'Total number of retired pages due to double-bit errors.', type: 'counter', valueOf: (gpu) => gpu.retiredPagesUncorrected },
  { name: 'DCGM_FI_DEV_RETIRED_PENDING', help: 'Whether pages are to be retired.', valueOf: (gpu) => gpu.retiredPagesPending },
  { name: 'DCGM_FI_DEV_ROW_REMAP_PENDING', help: 'Whether rows are to be remapped.', valueOf: (gpu) => gpu.rowRemapPending },
  { name: 'DCGM_FI_PROF_GR_ENGINE_ACTIVE', help: 'Ratio of time the graphics engine is active.', valueOf: (gpu) => (isCut(gpu) ? undefined : gpu.graphicsEngineActiveRatio) },
  { name: 'DCGM_FI_PROF_SM_ACTIVE', help: 'Ratio of cycles an SM has at least one warp assigned.', valueOf: (gpu) => gpu.smActiveRatio },
  { name: 'DCGM_FI_PROF_SM_OCCUPANCY', help: 'Ratio of warps resident on an SM.', valueOf: (gpu) => gpu.smOccupancyRatio },
  { name: 'DCGM_FI_PROF_PIPE_TENSOR_ACTIVE', help: 'Ratio of cycles the tensor pipes are active.', valueOf: (gpu) => gpu.tensorActiveRatio },
  { name: 'DCGM_FI_PROF_DRAM_ACTIVE', help: 'Ratio of cycles the memory interface is active.', valueOf: (gpu) => gpu.memoryBandwidthRatio },
  { name: 'DCGM_FI_PROF_PCIE_TX_BYTES', help: 'Data sent over PCIe (in bytes per second).', valueOf: (gpu) => gpu.pcieTransmittedBytesPerSecond },
  { name: 'DCGM_FI_PROF_PCIE_RX_BYTES', help: 'Data received over PCIe (in bytes per second).', valueOf: (gpu) => gpu.pcieReceivedBytesPerSecond },
  { name: 'DCGM_FI_PROF_NVLINK_TX_BYTES', help: 'Data sent over NVLink (in bytes per second).', valueOf: (gpu) => gpu.nvlinkTransmittedBytesPerSecond },
  { name: 'DCGM_FI_PROF_NVLINK_RX_BYTES', help: 'Data received over NVLink (in bytes per second).', valueOf: (gpu) => gpu.nvlinkReceivedBytesPerSecond },
]; // prettier-ignore

/** Figures of a GPU or slice that pods on it have parts of. */
export interface SplitFigure extends Figure<{ readonly utilizationRatio?: number; readonly memoryUsedBytes?: number }> {
  /** Whether it is told of slices as well: NVIDIA tells no GPU_UTIL of them. */
  readonly ofSlices: boolean;
}

export const splitFigures: readonly SplitFigure[] = [
  { name: 'DCGM_FI_DEV_GPU_UTIL', help: 'GPU utilization (in %).', ofSlices: false, valueOf: (part) => percent(part.utilizationRatio) },
  { name: 'DCGM_FI_DEV_FB_USED', help: 'Used framebuffer memory (in MiB).', ofSlices: true, valueOf: (part) => mebibytes(part.memoryUsedBytes) },
]; // prettier-ignore

/** Told of each MIG slice. */
export const sliceFigures: readonly Figure<MigDevice>[] = [
  { name: 'DCGM_FI_DEV_FB_FREE', help: 'Free framebuffer memory (in MiB).', valueOf: free },
  { name: 'DCGM_FI_PROF_GR_ENGINE_ACTIVE', help: 'Ratio of time the graphics engine is active.', valueOf: (slice) => slice.utilizationRatio },
  { name: 'DCGM_FI_PROF_SM_ACTIVE', help: 'Ratio of cycles an SM has at least one warp assigned.', valueOf: (slice) => slice.smActiveRatio },
  { name: 'DCGM_FI_PROF_SM_OCCUPANCY', help: 'Ratio of warps resident on an SM.', valueOf: (slice) => slice.smOccupancyRatio },
  { name: 'DCGM_FI_PROF_PIPE_TENSOR_ACTIVE', help: 'Ratio of cycles the tensor pipes are active.', valueOf: (slice) => slice.tensorActiveRatio },
  { name: 'DCGM_FI_PROF_DRAM_ACTIVE', help: 'Ratio of cycles the memory interface is active.', valueOf: (slice) => slice.memoryBandwidthRatio },
]; // prettier-ignore

/** The driver's bits for its reasons. */
function bitsOf(active: readonly ClockEventReason[]): number {
  return active.reduce((bits, reason) => bits + 2 ** clockEventReasons.indexOf(reason), 0);
}

interface Memory {
  readonly memoryUsedBytes?: number;
  readonly memoryTotalBytes?: number;
  readonly memoryReservedBytes?: number;
}

function free({ memoryUsedBytes, memoryTotalBytes, memoryReservedBytes = 0 }: Memory): number | undefined {
  if (memoryUsedBytes === undefined || memoryTotalBytes === undefined) return undefined;
  return mebibytes(Math.max(0, memoryTotalBytes - memoryUsedBytes - memoryReservedBytes));
}

/** Whether the GPU is cut in slices that the driver tells. */
export function isCut({ migDevices }: GpuDevice): boolean {
  return migDevices !== undefined && migDevices.length > 0;
}

function mebibytes(bytes: number | undefined): number | undefined {
  return over(bytes, 1_048_576);
}

/** Ratios of whole percents have no exact binary form; without rounding 0.29 would be 28.999999999999996 %. */
function percent(ratio: number | undefined): number | undefined {
  return ratio === undefined ? undefined : Math.round(ratio * 1e8) / 1e6;
}

function over(value: number | undefined, unit: number): number | undefined {
  return value === undefined ? undefined : value / unit;
}
