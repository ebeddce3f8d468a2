import type { GpuDevice, MigDevice } from '../domain/gpu.ts';

/** A figure: the end of the metric's name, its help, and where the number is. */
type Figure<Source> = readonly [name: string, help: string, field: keyof Source];

/** Figures that describe a GPU now. */
export const deviceGauges: readonly Figure<GpuDevice>[] = [
  ['utilization_ratio', 'Share of time in which the GPU ran at least one kernel.', 'utilizationRatio'],
  ['memory_utilization_ratio', 'Share of time in which the GPU read or wrote its memory.', 'memoryUtilizationRatio'],
  ['encoder_utilization_ratio', 'Utilization of the video encoder.', 'encoderUtilizationRatio'],
  ['decoder_utilization_ratio', 'Utilization of the video decoder.', 'decoderUtilizationRatio'],
  ['memory_used_bytes', 'GPU memory in use.', 'memoryUsedBytes'],
  ['memory_total_bytes', 'GPU memory.', 'memoryTotalBytes'],
  ['memory_reserved_bytes', 'GPU memory that the driver keeps for itself.', 'memoryReservedBytes'],
  ['temperature_celsius', 'Temperature of the GPU.', 'temperatureCelsius'],
  ['memory_temperature_celsius', 'Temperature of the GPU memory.', 'memoryTemperatureCelsius'],
  ['power_watts', 'Power that the GPU draws.', 'powerWatts'],
  ['power_limit_watts', 'Power that the GPU may draw.', 'powerLimitWatts'],
  ['graphics_clock_hertz', 'Clock of the graphics engine.', 'graphicsClockHertz'],
  ['sm_clock_hertz', 'Clock of the streaming multiprocessors.', 'smClockHertz'],
  ['memory_clock_hertz', 'Clock of the GPU memory.', 'memoryClockHertz'],
  ['video_clock_hertz', 'Clock of the video encoder and decoder.', 'videoClockHertz'],
  ['pcie_link_generation', 'Generation of PCIe that the link runs at.', 'pcieLinkGeneration'],
  ['pcie_link_width', 'Lanes that the PCIe link runs with.', 'pcieLinkWidth'],
  ['retired_pages_pending', 'Whether a page of memory is to be retired at the next reset: 1 or 0.', 'retiredPagesPending'],
  ['row_remap_pending', 'Whether a row of memory is to be replaced at the next reset: 1 or 0.', 'rowRemapPending'],
  ['row_remap_failed', 'Whether a row of memory could not be replaced: 1 or 0.', 'rowRemapFailed'],
  ['graphics_engine_active_ratio', 'Share of time in which the graphics or compute engine was active.', 'graphicsEngineActiveRatio'],
  ['sm_active_ratio', 'Share of the streaming multiprocessors that were busy.', 'smActiveRatio'],
  ['sm_occupancy_ratio', 'Share of the warps that can be resident that were.', 'smOccupancyRatio'],
  ['tensor_active_ratio', 'Share of time in which tensor cores were active.', 'tensorActiveRatio'],
  ['memory_bandwidth_ratio', 'Share of the memory bandwidth that was used.', 'memoryBandwidthRatio'],
  ['pcie_transmitted_bytes_per_second', 'Bytes that the GPU sent over PCIe, per second.', 'pcieTransmittedBytesPerSecond'],
  ['pcie_received_bytes_per_second', 'Bytes that the GPU received over PCIe, per second.', 'pcieReceivedBytesPerSecond'],
  ['nvlink_transmitted_bytes_per_second', 'Bytes that the GPU sent over all its NVLinks, per second.', 'nvlinkTransmittedBytesPerSecond'],
  ['nvlink_received_bytes_per_second', 'Bytes that the GPU received over all its NVLinks, per second.', 'nvlinkReceivedBytesPerSecond'],
]; // prettier-ignore

/** What a GPU or its driver counts up. */
export const deviceCounters: readonly Figure<GpuDevice>[] = [
  ['energy_joules_total', 'Energy that the GPU used since the driver was loaded.', 'energyJoules'],
  ['ecc_corrected_errors_total', 'Memory errors that were corrected, over the life of the GPU.', 'eccCorrectedErrors'],
  ['ecc_uncorrected_errors_total', 'Memory errors that could not be corrected, over the life of the GPU.', 'eccUncorrectedErrors'],
  ['retired_pages_corrected_total', 'Memory pages retired after errors that were corrected.', 'retiredPagesCorrected'],
  ['retired_pages_uncorrected_total', 'Memory pages retired after errors that could not be corrected.', 'retiredPagesUncorrected'],
  ['remapped_rows_corrected_total', 'Memory rows replaced after errors that were corrected.', 'remappedRowsCorrected'],
  ['remapped_rows_uncorrected_total', 'Memory rows replaced after errors that could not be corrected.', 'remappedRowsUncorrected'],
  ['pcie_replays_total', 'Times that a PCIe transfer had to be repeated.', 'pcieReplays'],
  ['nvlink_transmitted_bytes_total', 'Bytes that the GPU sent over all its NVLinks.', 'nvlinkTransmittedBytes'],
  ['nvlink_received_bytes_total', 'Bytes that the GPU received over all its NVLinks.', 'nvlinkReceivedBytes'],
]; // prettier-ignore

/** Figures of a MIG slice. */
export const sliceGauges: readonly Figure<MigDevice>[] = [
  ['utilization_ratio', 'Share of time in which the slice ran at least one kernel.', 'utilizationRatio'],
  ['memory_used_bytes', 'Memory in use of the slice.', 'memoryUsedBytes'],
  ['memory_total_bytes', 'Memory of the slice.', 'memoryTotalBytes'],
  ['sm_active_ratio', "Share of the slice's streaming multiprocessors that were busy.", 'smActiveRatio'],
  ['sm_occupancy_ratio', 'Share of the warps that can be resident on the slice that were.', 'smOccupancyRatio'],
  ['tensor_active_ratio', "Share of time in which the slice's tensor cores were active.", 'tensorActiveRatio'],
  ['memory_bandwidth_ratio', "Share of the slice's memory bandwidth that was used.", 'memoryBandwidthRatio'],
];
