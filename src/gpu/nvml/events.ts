import type { Handle, Library } from './library.ts';
import { returnCodes } from './return-codes.ts';

const xidEvents = 8n;
/** `nvmlEventData_t`: device, type, XID, GPU instance, compute instance. */
const event = Buffer.alloc(32);
const setPointer = Buffer.alloc(8);
/** A GPU in trouble may tell of errors without an end; the rest waits for the next reading. */
const mostAtOnce = 1_000;

/** Critical errors (XIDs) that the driver reports of the GPUs; taken without waiting for one. */
export class XidEvents {
  readonly #library: Library;
  readonly #set: Handle | undefined;
  /** GPUs whose errors were asked for, by the handle that the driver names them by, and whether they are reported. */
  readonly #watched = new Map<Handle, { readonly uuid: string; readonly isReported: boolean }>();

  constructor(library: Library) {
    this.#library = library;
    const created = library.call('createEventSet', setPointer) === returnCodes.success;
    this.#set = created ? setPointer.readBigUInt64LE(0) : undefined;
  }

  /** Has the driver report a GPU's errors from now on, and answers whether it does; one that can't is asked once. */
  watch(device: Handle, uuid: string): boolean {
    if (this.#set === undefined) return false;
    const before = this.#watched.get(device);
    if (before?.uuid === uuid) return before.isReported;
    const isReported = this.#library.call('registerEvents', device, xidEvents, this.#set) === returnCodes.success;
    this.#watched.set(device, { uuid, isReported });
    return isReported;
  }

  /** What was reported since this was last asked. */
  take(): { uuid: string; xid: number }[] {
    const taken: { uuid: string; xid: number }[] = [];
    while (this.#set !== undefined && taken.length < mostAtOnce) {
      if (this.#library.call('waitForEvent', this.#set, event, 0) !== returnCodes.success) break;
      const watched = this.#watched.get(event.readBigUInt64LE(0));
      taken.push({ uuid: watched?.uuid ?? '', xid: Number(event.readBigUInt64LE(16)) });
    }
    return taken;
  }
}
