import type { GpuProcess, MigDevice } from '../../../domain/gpu.ts';
import { rejectMoreThanTotal } from '../../rejections.ts';
import type { RejectedValue } from '../../rejections.ts';
import { mebibytes, readQuantity } from '../value.ts';
import type { ListedSlice } from './list.ts';
import type { Leaves } from './xml.ts';

/**
 * The slices of one GPU: their memory and instances from `-q -x`, their UUIDs from `-L`. Undefined where the two do not name
 * the same slices, as while they are being cut: half a list would be taken for the whole.
 */
export function readSlices(
  elements: readonly Leaves[],
  listed: readonly ListedSlice[],
  rejected: RejectedValue[],
): MigDevice[] | undefined {
  if (elements.length !== listed.length) return undefined;
  const slices = elements.map((leaves) => readSlice(leaves, listed, rejected));
  return slices.every((slice) => slice !== undefined) ? slices : undefined;
}

function readSlice(leaves: Leaves, listed: readonly ListedSlice[], rejected: RejectedValue[]): MigDevice | undefined {
  const [index, gpuInstanceId, computeInstanceId] = ['index', 'gpu_instance_id', 'compute_instance_id'].map((name) => readNumber(leaves, name)); // prettier-ignore
  const name = listed.find((slice) => slice.index === index);
  if (!name || gpuInstanceId === undefined || computeInstanceId === undefined) return undefined;
  const memory: { memoryUsedBytes?: number; memoryTotalBytes?: number } = {};
  for (const [field, path] of [
    ['memoryUsedBytes', 'used'],
    ['memoryTotalBytes', 'total'],
  ] as const) {
    // prettier-ignore
    const value = readQuantity(leaves.get(`fb_memory_usage/${path}`) ?? '', mebibytes);
    if (typeof value === 'number') memory[field] = value;
    else if (value !== undefined) rejected.push({ field, reason: value });
  }
  rejected.push(...rejectMoreThanTotal(memory));
  return { uuid: name.uuid, profile: name.profile, gpuInstanceId, computeInstanceId, ...memory };
}

/** Processes by `-q -x`: it tells their memory, and no utilization. Each once, whatever it uses the GPU for. */
export function readProcesses(
  elements: readonly Leaves[],
  slices: readonly MigDevice[] | undefined,
  rejected: RejectedValue[],
): GpuProcess[] {
  const byPid = Map.groupBy(
    elements.flatMap((leaves) => readProcess(leaves, slices, rejected) ?? []),
    ({ pid }) => pid,
  );
  return [...byPid].map(([pid, uses]) => ({
    ...uses[0],
    pid,
    ...(uses.some(hasMemory) && {
      memoryUsedBytes: Math.max(...uses.map(({ memoryUsedBytes = 0 }) => memoryUsedBytes)),
    }),
  }));
}

function hasMemory({ memoryUsedBytes }: GpuProcess): boolean {
  return memoryUsedBytes !== undefined;
}

function readProcess(
  leaves: Leaves,
  slices: readonly MigDevice[] | undefined,
  rejected: RejectedValue[],
): GpuProcess | undefined {
  const [pid, gi, ci] = ['pid', 'gpu_instance_id', 'compute_instance_id'].map((name) => readNumber(leaves, name));
  if (pid === undefined) return undefined;
  const memory = readQuantity(leaves.get('used_memory') ?? '', mebibytes);
  if (typeof memory === 'string') rejected.push({ field: 'processMemoryUsedBytes', reason: memory });
  const slice = slices?.find(
    ({ gpuInstanceId, computeInstanceId }) => gpuInstanceId === gi && computeInstanceId === ci,
  );
  return {
    pid,
    ...(typeof memory === 'number' && { memoryUsedBytes: memory }),
    ...(slice && { migInstanceUuid: slice.uuid }),
  };
}

function readNumber(leaves: Leaves, name: string): number | undefined {
  const text = leaves.get(name) ?? '';
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}
