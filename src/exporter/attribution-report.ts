import type { GpuDevice } from '../domain/gpu.ts';
import { unattributedReasons } from '../gpu/pod-reading.ts';
import type { LeftOut, PodReading } from '../gpu/pod-reading.ts';
import { targetUuid } from '../gpu/target.ts';
import type { NodeView } from './node-state.ts';

/** For people: who has each GPU and how that was found, and what was left out and why. */
export interface AttributionReport {
  readonly observedAt?: string;
  /** Why there is nothing to tell. */
  readonly unknown?: string;
  readonly devices: readonly Readonly<Record<string, unknown>>[];
  /** What pods hold that is no GPU of this node. */
  readonly leftOut: readonly Readonly<Record<string, unknown>>[];
}

export function reportAttribution({ sample, attribution }: NodeView): AttributionReport {
  const unknown = sample ? 'the holders of the GPUs are not known' : 'there is no GPU sample that describes now';
  const { readings = [], leftOut = [] } = attribution ?? {};
  return {
    ...(sample && { observedAt: new Date(sample.observedAtMs).toISOString() }),
    ...(!attribution && { unknown }),
    devices: (sample?.devices ?? []).map((device) => ({
      ...describeDevice(device),
      holders: readings.filter(({ target }) => target.device.uuid === device.uuid).map(describeReading),
      leftOut: leftOut.filter(({ target }) => target?.device.uuid === device.uuid).map(describeLeftOut),
    })),
    leftOut: leftOut.filter(({ target }) => !target).map(describeLeftOut),
  };
}

function describeDevice({ index, uuid, model, minorNumber, migEnabled, migDevices, processes }: GpuDevice): object {
  const slices = migDevices?.map((slice) => ({ uuid: slice.uuid, profile: slice.profile, gpuInstance: slice.gpuInstanceId })); // prettier-ignore
  return { gpu: index, uuid, model, minorNumber, migEnabled, slices, pids: processes?.map(({ pid }) => pid) };
}

function describeReading(reading: PodReading): Readonly<Record<string, unknown>> {
  const { target, pids, ...told } = reading;
  return { ...told, uuid: targetUuid(target), how: sentence(reading), ...(pids && { pids }) };
}

function sentence({ attribution, deviceIds, pids = [] }: PodReading): string {
  const held = `the kubelet gave ${deviceIds.join(', ')} to the container`;
  if (attribution === 'exclusive') return `${held} alone, so the figures are the GPU's`;
  if (attribution === 'mig') return `${held} alone, so the figures are the slice's`;
  const own = pids.length === 0 ? 'no process of the pod is on it' : `process ${pids.join(', ')} of the pod is on it`;
  return `${held}, which others may use as well; ${own}`;
}

function describeLeftOut({ holder, reason, detail, target }: LeftOut): Readonly<Record<string, unknown>> {
  const { namespace, pod, container, resource } = holder.allocation;
  const uuid = target && targetUuid(target);
  return { namespace, pod, container, resource, deviceIds: holder.deviceIds, uuid, reason, why: detail ?? unattributedReasons[reason] }; // prettier-ignore
}
