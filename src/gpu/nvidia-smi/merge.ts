import type { GpuDevice, GpuProcess } from '../../domain/gpu.ts';
import type { RejectedValue } from '../rejections.ts';
import type { PmonProcess } from './processes/pmon.ts';
import type { GpuDetail } from './report/detail.ts';

/**
 * A GPU of the loop with what the others tell of it. With MIG on slices and processes are the report's; else processes are
 * pmon's, which has their utilization, and the report's where it has none.
 */
export function mergeDevice(
  device: GpuDevice,
  { minorNumber, pcieReplays, slices, processes: reported }: GpuDetail,
  watched: readonly PmonProcess[] | undefined,
  rejected: RejectedValue[],
): GpuDevice {
  const told = device.migEnabled || !watched ? reported : readWatched(watched, device);
  const processes = told?.map((process) => withinTotal(process, device, rejected));
  return {
    ...device,
    ...(minorNumber !== undefined && { minorNumber }),
    ...(pcieReplays !== undefined && { pcieReplays }),
    ...(device.migEnabled && slices && { migDevices: slices }),
    ...(processes && { processes }),
  };
}

/**
 * pmon shows a process that ran nothing as it shows one of a GPU that tells no process' utilization: as a dash. It is 0
 * where others have a number or the GPU runs nothing, and not known else.
 */
function readWatched(watched: readonly PmonProcess[], { utilizationRatio }: GpuDevice): GpuProcess[] {
  const tells = utilizationRatio === 0 || watched.some(({ smRatio }) => smRatio !== undefined);
  return watched.map(({ pid, smRatio = tells ? 0 : undefined, memoryBytes }) => ({
    pid,
    ...(memoryBytes !== undefined && { memoryUsedBytes: memoryBytes }),
    ...(smRatio !== undefined && { smUtilizationRatio: smRatio }),
  }));
}

/** No process has more than its GPU has. */
function withinTotal(
  process: GpuProcess,
  { memoryTotalBytes = Infinity }: GpuDevice,
  rejected: RejectedValue[],
): GpuProcess {
  const { memoryUsedBytes = 0, ...rest } = process;
  if (memoryUsedBytes <= memoryTotalBytes) return process;
  rejected.push({ field: 'processMemoryUsedBytes', reason: 'more-than-total' });
  return rest;
}
