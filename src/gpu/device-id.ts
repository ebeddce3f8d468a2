/** How an ID names a GPU. */
export type GpuName =
  | { readonly by: 'uuid'; readonly uuid: string }
  /** N of `/dev/nvidiaN`, which is not the GPU's index. */
  | { readonly by: 'minor'; readonly minorNumber: number };

/** What a device ID of the kubelet stands for. `gpu` is absent where the ID does not tell which GPU it belongs to. */
export type DeviceId =
  | { readonly kind: 'whole'; readonly gpu: GpuName }
  /** One of several holders of the same GPU or slice: time slicing, MPS, vGPU. */
  | { readonly kind: 'shared'; readonly gpu?: GpuName }
  | { readonly kind: 'mig'; readonly gpu?: GpuName };

const gpuUuid = 'GPU-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** Each plugin's way to write an ID; the first that fits counts. */
const forms: readonly [RegExp, (match: readonly (string | undefined)[]) => DeviceId][] = [
  // NVIDIA's device plugin.
  [new RegExp(`^(${gpuUuid})$`, 'i'), ([, uuid]) => ({ kind: 'whole', gpu: byUuid(uuid) })],
  [new RegExp(`^(${gpuUuid})::\\d+$`, 'i'), ([, uuid]) => ({ kind: 'shared', gpu: byUuid(uuid) })],
  // Drivers before 470: MIG-<GPU's UUID>/<GPU instance>/<compute instance>.
  [new RegExp(`^MIG-(${gpuUuid})/\\d+/\\d+$`, 'i'), ([, uuid]) => ({ kind: 'mig', gpu: byUuid(uuid) })],
  [/^MIG-[0-9a-z/-]+$/i, () => ({ kind: 'mig' })],
  [/^MIG-[0-9a-z/-]+::\d+$/i, () => ({ kind: 'shared' })],
  // GKE's plugin.
  [/^nvidia(\d{1,3})$/, ([, minor]) => ({ kind: 'whole', gpu: byMinor(minor) })],
  [/^nvidia(\d{1,3})\/gi\d+$/, ([, minor]) => ({ kind: 'mig', gpu: byMinor(minor) })],
  [/^nvidia(\d{1,3})(?:\/gi\d+)?\/vgpu\d+$/, ([, minor]) => ({ kind: 'shared', gpu: byMinor(minor) })],
  // NVIDIA's DRA driver.
  [/^gpu-(\d{1,3})$/, ([, minor]) => ({ kind: 'whole', gpu: byMinor(minor) })],
  [/^gpu-(\d{1,3})-mig-[0-9a-z.-]+$/, ([, minor]) => ({ kind: 'mig', gpu: byMinor(minor) })],
];

/** Reads a device ID by its shape; undefined for one that no known plugin writes. */
export function parseDeviceId(text: string): DeviceId | undefined {
  for (const [form, read] of forms) {
    const match = form.exec(text);
    if (match) return read(match);
  }
  return undefined;
}

/** UUIDs are compared as the driver writes them. */
function byUuid(text = ''): GpuName {
  return { by: 'uuid', uuid: `GPU-${text.slice('GPU-'.length).toLowerCase()}` };
}

function byMinor(digits = ''): GpuName {
  return { by: 'minor', minorNumber: Number(digits) };
}
