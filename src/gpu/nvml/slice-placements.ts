import type { MigPlacement } from '../../domain/gpu.ts';
import { tells } from './device-calls.ts';
import type { Handle, Library } from './library.ts';

const instance = Buffer.alloc(8);
/** `nvmlGpuInstanceInfo_t`: device, instance, profile, first slice of memory and how many. */
const info = Buffer.alloc(24);

/** Where slices lie in their GPUs. Asked once for each slice: one that is cut anew goes before it comes. */
export class SlicePlacements {
  readonly #library: Library;
  readonly #known = new Map<string, MigPlacement | undefined>();
  readonly #read = new Set<string>();

  constructor(library: Library) {
    this.#library = library;
  }

  /** Undefined where the driver does not tell: it may want more rights for it than for all else. Throws DriverError where the device is gone. */
  read(device: Handle, sliceUuid: string, gpuInstanceId: number): MigPlacement | undefined {
    this.#read.add(sliceUuid);
    if (!this.#known.has(sliceUuid)) this.#known.set(sliceUuid, this.#ask(device, gpuInstanceId));
    return this.#known.get(sliceUuid);
  }

  /** Forgets slices that were not read since this was last called. */
  forgetUnread(): void {
    for (const uuid of this.#known.keys()) if (!this.#read.has(uuid)) this.#known.delete(uuid);
    this.#read.clear();
  }

  #ask(device: Handle, gpuInstanceId: number): MigPlacement | undefined {
    if (!tells(this.#library, 'gpuInstanceById', device, gpuInstanceId, instance)) return undefined;
    if (!tells(this.#library, 'gpuInstanceInfo', instance.readBigUInt64LE(0), info)) return undefined;
    return { profileId: info.readUInt32LE(12), start: info.readUInt32LE(16) };
  }
}
