import type { MigPlacement } from '../domain/gpu.ts';

/** How an ID names a GPU. */
export type GpuName =
  | { readonly by: 'uuid'; readonly uuid: string }
  /** N of `/dev/nvidiaN`, which is not the GPU's index. */
  | { readonly by: 'minor'; readonly minorNumber: number };

/** How an ID names a MIG device. */
export type SliceName =
  | { readonly by: 'uuid'; readonly uuid: string }
  | {
      readonly by: 'instance';
      readonly gpu: GpuName;
      readonly gpuInstanceId: number;
      /** Absent where the ID names the GPU instance only. */
      readonly computeInstanceId?: number;
    }
  /** Where the slice lies, and its profile as names of devices are written: `1g10gb`, `1g10gb-me`. */
  | { readonly by: 'place'; readonly gpu: GpuName; readonly profile: string; readonly placement: MigPlacement };

/** What a device ID of the kubelet stands for: a GPU or a slice of one, alone or as one of several holders (time slicing, MPS, vGPU). */
export type DeviceId =
  | { readonly kind: 'gpu'; readonly gpu: GpuName; readonly shared: boolean }
  | { readonly kind: 'slice'; readonly slice: SliceName; readonly shared: boolean };

const gpuUuid = 'GPU-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

type Match = readonly (string | undefined)[];

/** Each plugin's way to write an ID; the first that fits counts. */
const forms: readonly [RegExp, (match: Match) => DeviceId][] = [
  // NVIDIA's device plugin; `::n` for one of several replicas, whether they take turns (time slicing) or run at once (MPS).
  [
    new RegExp(`^(${gpuUuid})(::\\d+)?$`, 'i'),
    ([, uuid, replica]) => ({ kind: 'gpu', gpu: byUuid(uuid), shared: replica !== undefined }),
  ],
  // Drivers before 470: MIG-<GPU's UUID>/<GPU instance>/<compute instance>.
  [
    new RegExp(`^MIG-(${gpuUuid})/(\\d{1,3})/(\\d{1,3})(::\\d+)?$`, 'i'),
    ([, uuid, gi, ci, replica]) => slice(instance(byUuid(uuid), gi, ci), replica),
  ],
  [
    /^(MIG-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(::\d+)?$/i,
    ([, uuid = '', replica]) => slice({ by: 'uuid', uuid: `MIG-${uuid.slice('MIG-'.length).toLowerCase()}` }, replica),
  ],
  // GKE's plugin.
  [/^nvidia(\d{1,3})(\/vgpu\d+)?$/, ([, minor, vgpu]) => ({ kind: 'gpu', gpu: byMinor(minor), shared: vgpu !== undefined })], // prettier-ignore
  [/^nvidia(\d{1,3})\/gi(\d{1,3})(\/vgpu\d+)?$/, ([, minor, gi, vgpu]) => slice(instance(byMinor(minor), gi), vgpu)],
  // NVIDIA's DRA driver: gpu-<minor>, gpu-<minor>-mig-<profile>-<number of the profile>-<first memory slice>.
  [/^gpu-(\d{1,3})$/, ([, minor]) => ({ kind: 'gpu', gpu: byMinor(minor), shared: false })],
  [
    /^gpu-(\d{1,3})-mig-([0-9a-z-]{1,40})-(\d{1,3})-(\d{1,3})$/,
    ([, minor, profile = '', profileId, start]) =>
      slice({
        by: 'place',
        gpu: byMinor(minor),
        profile,
        placement: { profileId: Number(profileId), start: Number(start) },
      }),
  ],
];

/** Reads a device ID by its shape; undefined for one that no known plugin writes. */
export function parseDeviceId(text: string): DeviceId | undefined {
  for (const [form, read] of forms) {
    const match = form.exec(text);
    if (match) return read(match);
  }
  return undefined;
}

function slice(name: SliceName, replica?: string): DeviceId {
  return { kind: 'slice', slice: name, shared: replica !== undefined };
}

function instance(gpu: GpuName, gi: string | undefined, ci?: string): SliceName {
  return { by: 'instance', gpu, gpuInstanceId: Number(gi), ...(ci !== undefined && { computeInstanceId: Number(ci) }) };
}

/** UUIDs are compared as the driver writes them. */
function byUuid(text = ''): GpuName {
  return { by: 'uuid', uuid: `GPU-${text.slice('GPU-'.length).toLowerCase()}` };
}

function byMinor(digits = ''): GpuName {
  return { by: 'minor', minorNumber: Number(digits) };
}
