import type { GpuDevice, MigDevice, MigPlacement } from '../domain/gpu.ts';
import type { DeviceId, GpuName, SliceName } from './device-id.ts';

/** What a device ID stands for on this node: a GPU, or one slice of it. */
export interface Target {
  readonly device: GpuDevice;
  readonly slice?: MigDevice;
}

/**
 * Finds what an ID stands for among what the driver lists. `no-such-gpu`: the driver lists no such GPU or slice. `mig`:
 * the driver's slices are not known, the ID does not tell which of several it is, or it names a GPU that is cut in slices.
 */
export function findTarget(id: DeviceId, devices: readonly GpuDevice[]): Target | 'no-such-gpu' | 'mig' {
  if (id.kind === 'slice') return findSlice(id.slice, devices);
  const device = findGpu(id.gpu, devices);
  if (!device) return 'no-such-gpu';
  return device.migEnabled ? 'mig' : { device };
}

/** Tells a target from all others, and names it in series. */
export function targetUuid({ device, slice }: Target): string {
  return slice?.uuid ?? device.uuid;
}

function findGpu(name: GpuName, devices: readonly GpuDevice[]): GpuDevice | undefined {
  return devices.find(({ uuid, minorNumber }) =>
    name.by === 'uuid' ? uuid.toLowerCase() === name.uuid.toLowerCase() : minorNumber === name.minorNumber,
  );
}

function findSlice(name: SliceName, devices: readonly GpuDevice[]): Target | 'no-such-gpu' | 'mig' {
  const parent = name.by === 'uuid' ? undefined : findGpu(name.gpu, devices);
  if (name.by !== 'uuid' && !parent) return 'no-such-gpu';
  const candidates = (parent ? [parent] : devices).filter(({ migEnabled }) => migEnabled);
  const found = candidates.flatMap((device) =>
    (device.migDevices ?? []).filter((slice) => isNamed(slice, name)).map((slice) => ({ device, slice })),
  );
  if (found.length === 1 && found[0]) return found[0];
  const isOpen = found.length > 1 || candidates.some(({ migDevices }) => migDevices === undefined);
  return isOpen ? 'mig' : 'no-such-gpu';
}

function isNamed(slice: MigDevice, name: SliceName): boolean {
  if (name.by === 'uuid') return slice.uuid.toLowerCase() === name.uuid.toLowerCase();
  if (name.by === 'place') return liesAt(slice, name.placement) ?? writtenInNames(slice.profile) === name.profile;
  const { gpuInstanceId, computeInstanceId = slice.computeInstanceId } = name;
  return slice.gpuInstanceId === gpuInstanceId && slice.computeInstanceId === computeInstanceId;
}

/** Undefined where the driver does not tell where the slice lies. */
function liesAt({ placement }: MigDevice, { profileId, start }: MigPlacement): boolean | undefined {
  return placement ? placement.profileId === profileId && placement.start === start : undefined;
}

/** `1g.10gb+me` is `1g10gb-me` in the names that NVIDIA's DRA driver gives: they allow letters, digits and dashes. */
function writtenInNames(profile = ''): string {
  return profile
    .toLowerCase()
    .replaceAll('.', '')
    .replace(/[^a-z0-9-]/g, '-');
}
