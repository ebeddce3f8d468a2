import type { Allocation, GpuDevice, GpuSample } from '../../src/domain/gpu.ts';
import type { OwnerLookup } from '../../src/gpu/processes/owner.ts';
import { allocation, gpu, gpuProcess, gpuUuid, slice, sliceUuid } from './gpu-builders.ts';

const GiB = 1_073_741_824;
const shared = { namespace: 'research', resource: 'nvidia.com/gpu.shared' };
const mig = { namespace: 'research', resource: 'nvidia.com/mig-1g.10gb' };

/** A node with GPUs of every kind: one of a pod's own, one that nobody has, one that three share, one cut in slices, one that can't be told. */
export function mixedSample(observedAtMs: number): GpuSample {
  return {
    observedAtMs,
    driverVersion: '580.65.06',
    devices: [
      gpu(0, {
        utilizationRatio: 0.29,
        powerWatts: 412.5,
        temperatureCelsius: 61,
        memoryReservedBytes: GiB / 2,
        energyJoules: 81_234.5,
        pcieReplays: 0,
        tensorActiveRatio: 0.125,
        clockEventReasons: ['sw_power_cap', 'hw_thermal_slowdown'],
        eccCorrectedErrors: 3,
        xidErrors: { counts: new Map([[31, 2]]), last: 31 },
      }),
      gpu(1, {
        utilizationRatio: 0,
        memoryUsedBytes: 0,
        xidErrors: { counts: new Map() },
        pcieLinkGeneration: 5,
        pcieLinkWidth: 16,
        vgpuLicence: 'missing',
        smClockHertz: 345e6,
        memoryClockHertz: 2619e6,
      }),
      gpu(2, {
        utilizationRatio: 0.6,
        processes: [
          gpuProcess(201, { smUtilizationRatio: 0.25, memoryUsedBytes: 10 * GiB }),
          gpuProcess(202, { smUtilizationRatio: 0.25, memoryUsedBytes: 12 * GiB }),
          gpuProcess(203, { smUtilizationRatio: 0.05, memoryUsedBytes: GiB }),
        ],
      }),
      {
        ...withoutUtilization(gpu(3)),
        migEnabled: true,
        migDevices: [slice(7, { utilizationRatio: 0.75, smActiveRatio: 0.5 }), slice(8)],
        processes: [],
      },
      gpu(4),
    ],
  };
}

export const mixedAllocations: readonly Allocation[] = [
  allocation('llama-0', [gpuUuid(0)], { container: 'vllm' }),
  allocation('small-0', [`${gpuUuid(2)}::0`], shared),
  allocation('small-1', [`${gpuUuid(2)}::1`], shared),
  allocation('idle-0', [`${gpuUuid(2)}::2`], shared),
  allocation('slice-0', [sliceUuid(7)], mig),
  allocation('slice-1', [sliceUuid(8)], mig),
  allocation('lost-0', [`${gpuUuid(4)}::0`], shared),
  allocation('lost-1', [sliceUuid(99)], mig),
];

/** Process 203 is the host's. */
export const mixedOwners: OwnerLookup = (pid) =>
  pid === 203 ? { kind: 'host' } : { kind: 'pod', namespace: 'research', pod: `small-${pid - 201}` };

/** The driver tells no utilization of a GPU with MIG on. */
function withoutUtilization(device: GpuDevice): GpuDevice {
  const copy = { ...device };
  Reflect.deleteProperty(copy, 'utilizationRatio');
  return copy;
}
