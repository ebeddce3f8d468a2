import { readBusId, readNumber, readText } from './device-calls.ts';
import { Kept } from './kept.ts';
import type { Handle, Library } from './library.ts';
import type { RawDevice, RawSlice } from './message.ts';

type DeviceIdentity = Pick<RawDevice, 'name' | 'busId' | 'minorNumber'>;
type SliceIdentity = Pick<RawSlice, 'name' | 'gpuInstanceId' | 'computeInstanceId'>;

/** What GPUs and slices are. It does not change while they are there, so it is asked once; one that is cut anew has another UUID. */
export class Identities {
  readonly #library: Library;
  readonly #devices = new Kept<DeviceIdentity>(({ name, busId, minorNumber }) => name !== '' && busId !== '' && minorNumber !== undefined); // prettier-ignore
  readonly #slices = new Kept<SliceIdentity | undefined>((told) => told !== undefined && told.name !== '');

  constructor(library: Library) {
    this.#library = library;
  }

  /** Throws DriverError where the device is gone. */
  ofDevice(device: Handle, uuid: string): DeviceIdentity {
    const library = this.#library;
    return this.#devices.of(uuid, () => ({
      name: readText(library, 'name', device) ?? '',
      busId: readBusId(library, device) ?? '',
      minorNumber: readNumber(library, 'minorNumber', device),
    }));
  }

  /** Undefined where the driver does not tell which instance it is. Throws DriverError where the device is gone. */
  ofSlice(slice: Handle, uuid: string): SliceIdentity | undefined {
    const library = this.#library;
    return this.#slices.of(uuid, () => {
      const gpuInstanceId = readNumber(library, 'gpuInstanceId', slice);
      const computeInstanceId = readNumber(library, 'computeInstanceId', slice);
      if (gpuInstanceId === undefined || computeInstanceId === undefined) return undefined;
      return { name: readText(library, 'name', slice) ?? '', gpuInstanceId, computeInstanceId };
    });
  }

  /** Forgets who was not read since this was last called. */
  forgetUnread(): void {
    this.#devices.forgetUnread();
    this.#slices.forgetUnread();
  }
}
