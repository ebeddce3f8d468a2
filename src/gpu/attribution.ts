import type { Allocation, GpuDevice } from '../domain/gpu.ts';
import { parseDeviceId } from './device-id.ts';
import type { GpuName } from './device-id.ts';

/** Why an allocated device has no reading of its own. */
export const unattributedReasons = ['shared', 'mig', 'unknown-id', 'no-such-gpu', 'claimed-twice'] as const;
type UnattributedReason = (typeof unattributedReasons)[number];

/** One GPU as one container's own. */
export interface PodReading {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** `exclusive`: the whole GPU is the container's, so the whole GPU's figures are. */
  readonly attribution: 'exclusive';
  readonly device: GpuDevice;
}

export interface Attribution {
  readonly readings: readonly PodReading[];
  /** Allocated device IDs that were left out, by reason. */
  readonly unattributed: Readonly<Record<UnattributedReason, number>>;
}

/** One device ID that one container holds, and the GPU it belongs to where that is known. */
interface Claim {
  readonly allocation: Allocation;
  readonly kind: 'whole' | 'shared' | 'mig' | 'unknown';
  readonly device?: GpuDevice;
}

/**
 * Joins what the driver says of the GPUs with what the kubelet gave to whom. Only a GPU that one container holds whole
 * is attributed; whatever else is held is counted by the reason why it can't be. A device ID that no known plugin
 * writes counts only where the resource is NVIDIA's: other resources are not GPUs.
 */
export function attribute(devices: readonly GpuDevice[], allocations: readonly Allocation[]): Attribution {
  const claims = allocations.flatMap((allocation) => readClaims(allocation, devices));
  const holders = countHolders(claims);
  const unattributed = { shared: 0, mig: 0, 'unknown-id': 0, 'no-such-gpu': 0, 'claimed-twice': 0 };
  const readings: PodReading[] = [];
  for (const claim of claims) {
    const reason = objection(claim, holders);
    if (reason !== undefined) unattributed[reason] += 1;
    else if (claim.device) readings.push(reading(claim.allocation, claim.device));
  }
  return { readings, unattributed };
}

function readClaims(allocation: Allocation, devices: readonly GpuDevice[]): Claim[] {
  return allocation.deviceIds.flatMap((text): Claim[] => {
    const id = parseDeviceId(text);
    if (!id) return allocation.resource.startsWith('nvidia.com/') ? [{ allocation, kind: 'unknown' }] : [];
    const { gpu } = id;
    const device = gpu && devices.find((candidate) => isNamed(candidate, gpu));
    return [{ allocation, kind: id.kind, ...(device && { device }) }];
  });
}

function isNamed(device: GpuDevice, name: GpuName): boolean {
  return name.by === 'uuid' ? device.uuid.toLowerCase() === name.uuid.toLowerCase() : device.minorNumber === name.minorNumber; // prettier-ignore
}

/**
 * How many claims each GPU has. Two are one too many for a whole GPU: kubelets before 1.34 still list finished pods,
 * whose GPU may be another's by now.
 */
function countHolders(claims: readonly Claim[]): Map<string, number> {
  const holders = new Map<string, number>();
  for (const { device } of claims) {
    if (device) holders.set(device.uuid, (holders.get(device.uuid) ?? 0) + 1);
  }
  return holders;
}

function objection(claim: Claim, holders: ReadonlyMap<string, number>): UnattributedReason | undefined {
  if (claim.kind === 'unknown') return 'unknown-id';
  if (claim.kind !== 'whole') return claim.kind;
  if (!claim.device) return 'no-such-gpu';
  if (claim.device.migEnabled) return 'mig';
  return (holders.get(claim.device.uuid) ?? 0) > 1 ? 'claimed-twice' : undefined;
}

function reading({ namespace, pod, container }: Allocation, device: GpuDevice): PodReading {
  return { namespace, pod, container, attribution: 'exclusive', device };
}
