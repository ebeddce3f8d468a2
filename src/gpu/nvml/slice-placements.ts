import type { MigPlacement } from '../../domain/gpu.ts';
import { tells } from './device-calls.ts';
import { Kept } from './kept.ts';
import type { Handle, Library } from './library.ts';

const instance = Buffer.alloc(8);
/** `nvmlGpuInstanceInfo_t`: device, instance, profile, first slice of memory and how many. */
const info = Buffer.alloc(24);

interface Answer {
  readonly placement: MigPlacement | undefined;
}

/** Where slices lie in their GPUs. Asked once for each slice: one that is cut anew goes before it comes. */
export class SlicePlacements {
  readonly #library: Library;
  readonly #kept = new Kept<Answer>(() => true);

  constructor(library: Library) {
    this.#library = library;
  }

  /** Undefined where the driver does not tell: it may want more rights for it than for all else. Throws DriverError where the device is gone. */
  read(device: Handle, sliceUuid: string, gpuInstanceId: number): MigPlacement | undefined {
    return this.#kept.of(sliceUuid, () => ({ placement: this.#ask(device, gpuInstanceId) })).placement;
  }

  /** Forgets slices that were not read since this was last called. */
  forgetUnread(): void {
    this.#kept.forgetUnread();
  }

  #ask(device: Handle, gpuInstanceId: number): MigPlacement | undefined {
    if (!tells(this.#library, 'gpuInstanceById', device, gpuInstanceId, instance)) return undefined;
    if (!tells(this.#library, 'gpuInstanceInfo', instance.readBigUInt64LE(0), info)) return undefined;
    return { profileId: info.readUInt32LE(12), start: info.readUInt32LE(16) };
  }
}
