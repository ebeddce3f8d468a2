import type { EpochMs } from './clock.ts';

/** One GPU as its driver reports it. An absent field is one that the driver did not report; it is never 0. */
export interface GpuDevice {
  /** Position in the driver's list; changes when a GPU falls off the bus. */
  readonly index: number;
  /** `GPU-8-4-4-4-12`. */
  readonly uuid: string;
  readonly model: string;
  /** Lower case, as in `00000000:1b:00.0`. */
  readonly pciBusId: string;
  /** N of `/dev/nvidiaN`, which some device plugins use as the GPU's name. */
  readonly minorNumber?: number;
  /** With MIG on, the slices are handed out, not the GPU, and the driver reports no utilization for the whole. */
  readonly migEnabled: boolean;
  readonly utilizationRatio?: number;
  readonly memoryUtilizationRatio?: number;
  readonly encoderUtilizationRatio?: number;
  readonly decoderUtilizationRatio?: number;
  readonly memoryUsedBytes?: number;
  readonly memoryTotalBytes?: number;
  readonly memoryReservedBytes?: number;
  readonly temperatureCelsius?: number;
  readonly memoryTemperatureCelsius?: number;
  readonly powerWatts?: number;
  readonly powerLimitWatts?: number;
  readonly graphicsClockHertz?: number;
  readonly smClockHertz?: number;
  readonly memoryClockHertz?: number;
  readonly videoClockHertz?: number;
  /** Of the link as it is now: GPUs lower it while they idle, and a bad slot or riser does for good. */
  readonly pcieLinkGeneration?: number;
  readonly pcieLinkWidth?: number;
  /** Used since the driver was loaded. */
  readonly energyJoules?: number;
  /** What keeps the clocks from their highest; empty where nothing does. */
  readonly clockEventReasons?: readonly ClockEventReason[];
  /** Memory errors since the GPU was made, corrected (single bit) and not (double bit). */
  readonly eccCorrectedErrors?: number;
  readonly eccUncorrectedErrors?: number;
  /** Memory taken out of use after such errors: pages on older GPUs, rows replaced by spare ones since Ampere. */
  readonly retiredPagesCorrected?: number;
  readonly retiredPagesUncorrected?: number;
  /** 1 where a page is to be retired at the next reset. */
  readonly retiredPagesPending?: number;
  readonly remappedRowsCorrected?: number;
  readonly remappedRowsUncorrected?: number;
  /** 1 where a row is to be replaced at the next reset. */
  readonly rowRemapPending?: number;
  /** 1 where there was no spare row left: the GPU is to be replaced. */
  readonly rowRemapFailed?: number;
  readonly pcieReplays?: number;
  /** Over all links, since the driver was loaded. */
  readonly nvlinkTransmittedBytes?: number;
  readonly nvlinkReceivedBytes?: number;
  /** Of the performance counters of Hopper and later GPUs, over the time since the last sample. */
  readonly graphicsEngineActiveRatio?: number;
  readonly smActiveRatio?: number;
  readonly smOccupancyRatio?: number;
  readonly tensorActiveRatio?: number;
  readonly memoryBandwidthRatio?: number;
  readonly pcieTransmittedBytesPerSecond?: number;
  readonly pcieReceivedBytesPerSecond?: number;
  readonly nvlinkTransmittedBytesPerSecond?: number;
  readonly nvlinkReceivedBytesPerSecond?: number;
  readonly vgpuLicence?: VgpuLicence;
  /** Critical errors that the driver reported since reading began; absent where it is not asked for them. */
  readonly xidErrors?: XidErrors;
  /** Absent where the driver did not tell which processes use the GPU; empty where none does. */
  readonly processes?: readonly GpuProcess[];
  /** Absent where the driver did not tell the slices. */
  readonly migDevices?: readonly MigDevice[];
}

/** Critical errors of one GPU. */
export interface XidErrors {
  /** How many there were, by NVIDIA's number of the error (XID). */
  readonly counts: ReadonlyMap<number, number>;
  /** The number of the last one; absent where there was none. */
  readonly last?: number;
}

/** Why clocks are below their highest, in the order of the driver's bits. */
export const clockEventReasons = [
  'gpu_idle',
  'applications_clocks_setting',
  'sw_power_cap',
  'hw_slowdown',
  'sync_boost',
  'sw_thermal_slowdown',
  'hw_thermal_slowdown',
  'hw_power_brake_slowdown',
  'display_clock_setting',
] as const;
export type ClockEventReason = (typeof clockEventReasons)[number];

/** The reasons that are set among the driver's bits; bits that nobody knows are passed over. */
export function reasonsOfBits(bits: bigint): ClockEventReason[] {
  return clockEventReasons.filter((_, bit) => ((bits >> BigInt(bit)) & 1n) === 1n);
}

/** Whether NVIDIA's vGPU software, where it drives the GPU, has the licence that it needs. */
export const vgpuLicences = ['not-needed', 'missing', 'there'] as const;
export type VgpuLicence = (typeof vgpuLicences)[number];

/** One process that uses a GPU. */
export interface GpuProcess {
  /** As the host numbers it. */
  readonly pid: number;
  readonly memoryUsedBytes?: number;
  /** Its part of the GPU's utilization; 0 for one that ran nothing, absent where the driver does not tell. */
  readonly smUtilizationRatio?: number;
  /** The slice it runs on, where MIG is on and the driver tells. */
  readonly migInstanceUuid?: string;
}

/** One MIG device: a hardware slice of a GPU. */
export interface MigDevice {
  /** `MIG-8-4-4-4-12`; before driver 470 `MIG-GPU-<UUID of the GPU>/<GPU instance>/<compute instance>`. */
  readonly uuid: string;
  readonly gpuInstanceId: number;
  readonly computeInstanceId: number;
  /** `1g.10gb`, `3g.40gb`, `1g.10gb+me` … */
  readonly profile?: string;
  readonly placement?: MigPlacement;
  readonly memoryUsedBytes?: number;
  readonly memoryTotalBytes?: number;
  readonly utilizationRatio?: number;
  /** As those of a GPU, by the counters of Hopper and later. */
  readonly smActiveRatio?: number;
  readonly smOccupancyRatio?: number;
  readonly tensorActiveRatio?: number;
  readonly memoryBandwidthRatio?: number;
}

/** Where in its GPU a slice lies: no two of a GPU lie in the same place. */
export interface MigPlacement {
  /** The driver's number of the profile of its GPU instance; 19 for `1g.10gb` on most. */
  readonly profileId: number;
  /** The first of its slices of memory. */
  readonly start: number;
}

/** A GPU that the driver counts and does not show: it has fallen off the bus, or needs a reset. As it was last. */
export interface LostGpu {
  readonly index: number;
  readonly uuid: string;
  readonly model: string;
  readonly pciBusId: string;
  readonly xidErrors?: XidErrors;
}

/** All GPUs of a node at one moment. */
export interface GpuSample {
  readonly observedAtMs: EpochMs;
  readonly driverVersion?: string;
  /** When slices and processes were read, where that is apart from the rest and seldom. */
  readonly detailObservedAtMs?: EpochMs;
  readonly devices: readonly GpuDevice[];
  /** GPUs that the driver counts and does not show, and those of them that were shown before. */
  readonly lostCount?: number;
  readonly lost?: readonly LostGpu[];
}

/** Devices that the kubelet has given to one container. */
export interface Allocation {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** `nvidia.com/gpu`, `nvidia.com/mig-1g.10gb`, … */
  readonly resource: string;
  /** As the device plugin names them: `GPU-…`, `MIG-…`, `GPU-…::0`, `nvidia0/gi1`. */
  readonly deviceIds: readonly string[];
}
