import type { Allocation, GpuDevice, GpuProcess, MigDevice } from '../../src/domain/gpu.ts';

const GiB = 1_073_741_824;

export function gpuUuid(index: number): string {
  return `GPU-00000000-0000-0000-0000-${String(index).padStart(12, '0')}`;
}

export function sliceUuid(index: number): string {
  return `MIG-00000000-0000-0000-0000-${String(index).padStart(12, '0')}`;
}

/** A GPU of 80 GiB with half its memory in use, busy by its index: 30 % for the third. */
export function gpu(index: number, overrides: Partial<GpuDevice> = {}): GpuDevice {
  return {
    index,
    uuid: gpuUuid(index),
    model: 'NVIDIA H100 80GB HBM3',
    pciBusId: `00000000:${index}b:00.0`,
    minorNumber: index,
    migEnabled: false,
    utilizationRatio: index / 10,
    memoryUsedBytes: 40 * GiB,
    memoryTotalBytes: 80 * GiB,
    ...overrides,
  };
}

/** A slice of 10 GiB with 2 GiB in use, in the GPU instance of its own number. */
export function slice(index: number, overrides: Partial<MigDevice> = {}): MigDevice {
  return {
    uuid: sliceUuid(index),
    gpuInstanceId: index,
    computeInstanceId: 0,
    profile: '1g.10gb',
    memoryUsedBytes: 2 * GiB,
    memoryTotalBytes: 10 * GiB,
    ...overrides,
  };
}

/** A process that uses 1 GiB and a tenth of the GPU's time. */
export function gpuProcess(pid: number, overrides: Partial<GpuProcess> = {}): GpuProcess {
  return { pid, memoryUsedBytes: GiB, smUtilizationRatio: 0.1, ...overrides };
}

export function allocation(pod: string, deviceIds: string[], overrides: Partial<Allocation> = {}): Allocation {
  return { namespace: 'inference', pod, container: 'engine', resource: 'nvidia.com/gpu', deviceIds, ...overrides };
}
