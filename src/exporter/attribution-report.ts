import type { GpuDevice, LostGpu } from '../domain/gpu.ts';
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
  /** GPUs that were there, and that the driver counts and does not show any more; absent where there are none. */
  readonly lost?: readonly Readonly<Record<string, unknown>>[];
  /** What pods hold that is no GPU of this node. */
  readonly leftOut: readonly Readonly<Record<string, unknown>>[];
}

/** @param kubeletIsAsked whether there is a kubelet on this node */
export function reportAttribution(view: NodeView, kubeletIsAsked: boolean): AttributionReport {
  const { sample, attribution } = view;
  const { readings = [], leftOut = [] } = attribution ?? {};
  const { lost = [] } = sample ?? {};
  return {
    ...(sample && { observedAt: new Date(sample.observedAtMs).toISOString() }),
    ...(!attribution && { unknown: explainUnknown(view, kubeletIsAsked) }),
    devices: (sample?.devices ?? []).map((device) => ({
      ...describeDevice(device),
      holders: readings.filter(({ target }) => target.device.uuid === device.uuid).map(describeReading),
      leftOut: leftOut.filter(({ target }) => target?.device.uuid === device.uuid).map((one) => describeLeftOut(one)),
    })),
    ...describeLost(lost),
    leftOut: leftOut.filter(({ target }) => !target).map((one) => describeLeftOut(one, lost)),
  };
}

function explainUnknown({ sample, gpuTrouble, kubeletTrouble }: NodeView, kubeletIsAsked: boolean): string {
  if (!sample) return `there is no GPU sample that describes now: ${gpuTrouble ?? 'the driver has not answered'}`;
  const trouble = kubeletTrouble ?? 'the kubelet has not answered';
  return `the holders of the GPUs are not known: ${kubeletIsAsked ? trouble : 'no kubelet is asked, see --kubelet-socket'}`;
}

function describeDevice({ index, uuid, model, minorNumber, migEnabled, migDevices, processes }: GpuDevice): object {
  const slices = migDevices?.map((slice) => ({ uuid: slice.uuid, profile: slice.profile, gpuInstance: slice.gpuInstanceId })); // prettier-ignore
  return { gpu: index, uuid, model, minorNumber, migEnabled, slices, pids: processes?.map(({ pid }) => pid) };
}

function describeLost(lost: readonly LostGpu[]): Pick<AttributionReport, 'lost'> {
  return lost.length === 0 ? {} : { lost: lost.map(({ index, uuid, model }) => ({ gpu: index, uuid, model })) };
}

function describeReading(reading: PodReading): Readonly<Record<string, unknown>> {
  const { target, pids, ...told } = reading;
  return { ...told, uuid: targetUuid(target), how: sentence(reading), ...(pids && { pids }) };
}

function sentence({ attribution, container, deviceIds, pids = [] }: PodReading): string {
  const held = `the kubelet gave ${deviceIds.join(', ')} to ${container === '' ? 'containers of the pod' : 'the container'}`;
  if (attribution === 'exclusive') return `${held} alone, so the figures are the GPU's`;
  if (attribution === 'mig') return `${held} alone, so the figures are the slice's`;
  const own = pids.length === 0 ? 'no process of the pod is on it' : `process ${pids.join(', ')} of the pod is on it`;
  return `${held}, which others may use as well; ${own}`;
}

function describeLeftOut(
  { holder, reason, detail, target }: LeftOut,
  lost: readonly LostGpu[] = [],
): Readonly<Record<string, unknown>> {
  const { namespace, pod, container, resource } = holder.allocation;
  const isLost = lost.some(({ uuid }) => holder.deviceIds.some((id) => id.toLowerCase().includes(uuid.toLowerCase())));
  const why = isLost
    ? 'the GPU is lost: the driver counts it and does not show it any more'
    : (detail ?? unattributedReasons[reason]);
  return {
    namespace,
    pod,
    container,
    resource,
    deviceIds: holder.deviceIds,
    uuid: target && targetUuid(target),
    reason,
    why,
  };
}
