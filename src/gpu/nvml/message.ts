import { vgpuLicences } from '../../domain/gpu.ts';
import type { MigPlacement, VgpuLicence } from '../../domain/gpu.ts';

/** Figures by the name of their field in the domain, in the units of the library: percent, milliwatts, MHz. */
export type RawFigures = Readonly<Record<string, number>>;

/** A process on a GPU or slice: its number, and the bytes that it holds where the driver tells. */
export type RawProcess = readonly [pid: number, bytes: number | null];

/** A process that ran kernels since the last reading, and in how many percent of the time. */
export type RawBusy = readonly [pid: number, percent: number];

export interface RawSlice {
  readonly uuid: string;
  /** Ends in the profile: `NVIDIA H100 80GB HBM3 MIG 1g.10gb`. */
  readonly name: string;
  readonly gpuInstanceId: number;
  readonly computeInstanceId: number;
  readonly placement?: MigPlacement | undefined;
  readonly figures: RawFigures;
  readonly processes?: readonly RawProcess[] | undefined;
}

/** A list or number is absent where the driver does not tell it. */
export interface RawDevice {
  readonly index: number;
  readonly uuid: string;
  readonly name: string;
  readonly busId: string;
  readonly minorNumber?: number | undefined;
  readonly migEnabled: boolean;
  readonly figures: RawFigures;
  readonly clockEvents?: number | undefined;
  /** Whether the driver reports its critical errors. */
  readonly xidsWatched: boolean;
  readonly vgpuLicence?: VgpuLicence | undefined;
  readonly processes?: readonly RawProcess[] | undefined;
  readonly busy?: readonly RawBusy[] | undefined;
  readonly slices?: readonly RawSlice[] | undefined;
}

export interface SampleMessage {
  readonly kind: 'sample';
  readonly devices: readonly RawDevice[];
  /** Devices that the driver counts and does not show, with what it answered. */
  readonly lost: readonly { readonly index: number; readonly code: number }[];
  /** Critical errors since the last reading. */
  readonly xids: readonly { readonly uuid: string; readonly xid: number }[];
}

/** What the child says: a line of JSON each. It says `loaded` and `started` by itself, and the rest when it is asked. */
export type ChildMessage =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'started'; readonly driverVersion: string; readonly missing: readonly string[] }
  | SampleMessage
  /** The last thing that it says. */
  | { readonly kind: 'failure'; readonly call: string; readonly code: number }
  | { readonly kind: 'unloadable'; readonly reason: string };

/** Reads a line of the child; undefined for what it never says, such as what a library prints. */
export function parseMessage(line: string): ChildMessage | undefined {
  if (!line.startsWith('{"kind":')) return undefined;
  try {
    const message = JSON.parse(line) as ChildMessage;
    return message.kind !== 'sample' || isSample(message) ? message : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a sample has the shape that is relied on; whether its values can be true is asked one by one. */
function isSample({ devices, lost, xids }: SampleMessage): boolean {
  return (
    [devices, lost, xids].every((list) => Array.isArray(list)) &&
    devices.every((raw) => isDevice(raw) && isLicence(raw.vgpuLicence))
  );
}

function isDevice(raw: RawDevice): boolean {
  const { index, uuid, name, busId, figures, minorNumber = 0, clockEvents = 0, slices = [], processes = [], busy = [] } = raw; // prettier-ignore
  return (
    [index, minorNumber, clockEvents].every((number) => Number.isInteger(number)) &&
    [uuid, name, busId].every((text) => typeof text === 'string') &&
    isObject(figures) &&
    [processes, busy].every((list) => Array.isArray(list) && list.every((entry) => Array.isArray(entry))) &&
    slices.every(isSlice)
  );
}

function isSlice(raw: RawSlice): boolean {
  return isObject(raw) && typeof raw.uuid === 'string' && isObject(raw.figures) && isPlacement(raw.placement);
}

function isPlacement({ profileId, start }: MigPlacement = { profileId: 0, start: 0 }): boolean {
  return Number.isInteger(profileId) && Number.isInteger(start);
}

function isLicence(text: VgpuLicence | undefined): boolean {
  return text === undefined || vgpuLicences.includes(text);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
