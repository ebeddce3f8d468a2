import type { GpuDevice, MigDevice, MigPlacement } from '../domain/gpu.ts';
import type { DeviceId, GpuName, SliceName } from './device-id.ts';

/** What a device ID stands for on this node: a GPU, or one slice of it. */
export interface Target {
  readonly device: GpuDevice;
  readonly slice?: MigDevice;
}

/** Why an ID leads to no target, and where there is more to say, what exactly. */
export interface Miss {
  readonly miss: 'no-such-gpu' | 'mig';
  readonly detail?: string;
}

const noSuchGpu: Miss = { miss: 'no-such-gpu' };

/** Tells a target from all others, and names it in series. */
export function targetUuid({ device, slice }: Target): string {
  return slice?.uuid ?? device.uuid;
}

/** The GPUs and slices that the driver lists, by the names that device IDs have for them. */
export class Targets {
  readonly #byUuid: ReadonlyMap<string, GpuDevice>;
  readonly #byMinor: ReadonlyMap<number | undefined, GpuDevice>;
  readonly #slices: ReadonlyMap<string, readonly Target[]>;
  /** Whether a GPU is cut in slices that are not told. */
  readonly #hasUntold: boolean;

  constructor(devices: readonly GpuDevice[]) {
    const cut = devices.filter(({ migEnabled }) => migEnabled);
    // Of several of one name the first counts.
    this.#byUuid = new Map(devices.map((device) => [device.uuid.toLowerCase(), device] as const).reverse());
    this.#byMinor = new Map(devices.map((device) => [device.minorNumber, device] as const).reverse());
    this.#slices = Map.groupBy(cut.flatMap(slicesOf), ({ slice }) => slice.uuid.toLowerCase());
    this.#hasUntold = cut.some(({ migDevices }) => migDevices === undefined);
  }

  /** Finds what an ID stands for. */
  find(id: DeviceId): Target | Miss {
    if (id.kind === 'slice') return this.#findSlice(id.slice);
    const device = this.#findGpu(id.gpu);
    if (!device) return noSuchGpu;
    return device.migEnabled ? { miss: 'mig', detail: 'the ID names a GPU in MIG mode as a whole' } : { device };
  }

  #findGpu(name: GpuName): GpuDevice | undefined {
    return name.by === 'uuid' ? this.#byUuid.get(name.uuid.toLowerCase()) : this.#byMinor.get(name.minorNumber);
  }

  #findSlice(name: SliceName): Target | Miss {
    if (name.by === 'uuid') return onlyOf(this.#slices.get(name.uuid.toLowerCase()) ?? [], this.#hasUntold);
    const parent = this.#findGpu(name.gpu);
    if (!parent?.migEnabled) return noSuchGpu;
    return onlyOf(slicesOf(parent).filter(({ slice }) => isNamed(slice, name)), parent.migDevices === undefined); // prettier-ignore
  }
}

function slicesOf(device: GpuDevice): { device: GpuDevice; slice: MigDevice }[] {
  return (device.migDevices ?? []).map((slice) => ({ device, slice }));
}

function onlyOf(found: readonly Target[], isOpen: boolean): Target | Miss {
  const [first] = found;
  if (found.length > 1) return { miss: 'mig', detail: `the ID fits ${found.length} slices of the GPU` };
  if (first) return first;
  return isOpen ? { miss: 'mig', detail: 'the driver does not tell the slices of the GPU' } : noSuchGpu;
}

function isNamed(slice: MigDevice, name: Exclude<SliceName, { by: 'uuid' }>): boolean {
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
