import { BusyProcesses, readProcesses } from './processes.ts';
import {
  demand,
  demandHandle,
  DriverError,
  readFieldValues,
  readFigures,
  readNumber,
  readText,
} from './device-calls.ts';
import { XidEvents } from './events.ts';
import { deviceCalls, sliceCalls } from './figures.ts';
import { Identities } from './identities.ts';
import type { Handle, Library } from './library.ts';
import type { RawDevice, RawSlice, SampleMessage } from './message.ts';
import { PerformanceSamples } from './performance.ts';
import { returnCodes } from './return-codes.ts';
import { SlicePlacements } from './slice-placements.ts';
import { UtilizationSamples } from './utilization-samples.ts';
import { VgpuLicences } from './vgpu-licences.ts';

const word = Buffer.alloc(8);
const otherWord = Buffer.alloc(8);

/** Asks the library all that it can tell of the GPUs. Devices and slices are listed anew each time: both come and go. */
export class Collector {
  readonly #library: Library;
  readonly #performance: PerformanceSamples;
  readonly #events: XidEvents;
  readonly #licences: VgpuLicences;
  readonly #identities: Identities;
  readonly #placements: SlicePlacements;
  readonly #busy = new Map<string, BusyProcesses>();
  readonly #utilization = new Map<string, UtilizationSamples>();

  constructor(library: Library) {
    this.#library = library;
    this.#performance = new PerformanceSamples(library);
    this.#events = new XidEvents(library);
    this.#licences = new VgpuLicences(library);
    this.#identities = new Identities(library);
    this.#placements = new SlicePlacements(library);
  }

  /** Throws DriverError where the driver is gone; a GPU that is gone is told as lost, and the others are read. */
  read(nowMs: number): SampleMessage {
    demand(this.#library, 'deviceCount', word);
    const devices: RawDevice[] = [];
    const lost: { index: number; code: number }[] = [];
    const indexes = Array.from({ length: word.readUInt32LE(0) }, (_, index) => index);
    for (const index of indexes) {
      try {
        devices.push(this.#readDevice(index, nowMs));
      } catch (error) {
        if (!(error instanceof DriverError) || error.isFatal) throw error;
        lost.push({ index, code: error.code });
      }
    }
    this.#performance.forgetUnread();
    this.#identities.forgetUnread();
    this.#placements.forgetUnread();
    return { kind: 'sample', devices, lost, xids: this.#events.take() };
  }

  #readDevice(index: number, nowMs: number): RawDevice {
    const library = this.#library;
    const device = demandHandle(library, 'deviceByIndex', index);
    const uuid = readText(library, 'uuid', device) ?? '';
    const xidsWatched = this.#events.watch(device, uuid);
    const migEnabled = library.call('migMode', device, word, otherWord) === returnCodes.success && word.readUInt32LE(0) === 1; // prettier-ignore
    return {
      index,
      uuid,
      ...this.#identities.ofDevice(device, uuid),
      migEnabled,
      figures: {
        ...readFigures(library, device, deviceCalls),
        ...this.#meanUtilization(device, uuid, nowMs),
        ...readFieldValues(library, device),
        ...this.#performance.read({ device, uuid }),
      },
      clockEvents: readNumber(library, 'clockEventReasons', device),
      xidsWatched,
      vgpuLicence: this.#licences.read(device, uuid, nowMs),
      // With MIG on, the slices have the processes, and the driver tells no utilization of any.
      ...(migEnabled
        ? { slices: this.#readSlices(device, uuid) }
        : { processes: readProcesses(library, device), busy: this.#busyOf(uuid).read(library, device, nowMs) }),
    };
  }

  /** In place of the utilization at the moment of asking. */
  #meanUtilization(device: Handle, uuid: string, nowMs: number): Record<string, number> {
    const samples = this.#utilization.get(uuid) ?? new UtilizationSamples();
    this.#utilization.set(uuid, samples);
    const utilizationRatio = samples.read(this.#library, device, nowMs);
    return utilizationRatio === undefined ? {} : { utilizationRatio };
  }

  #busyOf(uuid: string): BusyProcesses {
    const busy = this.#busy.get(uuid) ?? new BusyProcesses();
    this.#busy.set(uuid, busy);
    return busy;
  }

  #readSlices(device: Handle, deviceUuid: string): RawSlice[] {
    const library = this.#library;
    const slices: RawSlice[] = [];
    const measured = new Map<number, Record<string, number>>();
    const places = readNumber(library, 'maxMigDevices', device) ?? 0;
    for (let place = 0; place < places; place += 1) {
      if (library.call('migDeviceByIndex', device, place, word) !== returnCodes.success) continue;
      const slice = word.readBigUInt64LE(0);
      const uuid = readText(library, 'uuid', slice) ?? '';
      const identity = this.#identities.ofSlice(slice, uuid);
      if (!identity) continue;
      const { gpuInstanceId } = identity;
      const shared = measured.get(gpuInstanceId) ?? this.#performance.read({ device, uuid: deviceUuid, gpuInstanceId });
      measured.set(gpuInstanceId, shared);
      slices.push({
        uuid,
        ...identity,
        placement: this.#placements.read(device, uuid, gpuInstanceId),
        figures: { ...readFigures(library, slice, sliceCalls), ...shared },
        processes: readProcesses(library, slice),
      });
    }
    return slices;
  }
}
