/** A MIG slice as `nvidia-smi -L` names it. */
export interface ListedSlice {
  readonly uuid: string;
  readonly gpuUuid: string;
  /** Its place among the slices of its GPU, as in `-q -x`. */
  readonly index: number;
  readonly profile: string;
}

const gpuLine = /^GPU \d{1,4}: .*\(UUID: (GPU-[0-9a-f-]{8,64})\)\s*$/i;
/** Before driver 470 a slice's UUID was that of its GPU and the numbers of its instances. */
const sliceLine = /^\s+MIG (\S{1,40})\s+Device\s+(\d{1,3}): \(UUID: (MIG-(?:GPU-)?[0-9a-f-]{8,64}(?:\/\d{1,3}\/\d{1,3})?)\)\s*$/i; // prettier-ignore

/** Reads `nvidia-smi -L`, which alone tells the UUIDs of slices. Lines of another shape are passed over. */
export function parseList(text: string): ListedSlice[] {
  const slices: ListedSlice[] = [];
  let gpuUuid: string | undefined;
  for (const line of text.split('\n')) {
    const [, gpu] = gpuLine.exec(line) ?? [];
    if (gpu !== undefined) gpuUuid = gpu;
    const [, profile, index, uuid] = sliceLine.exec(line) ?? [];
    if (gpuUuid === undefined || profile === undefined || uuid === undefined) continue;
    slices.push({ uuid, gpuUuid, index: Number(index), profile });
  }
  return slices;
}
