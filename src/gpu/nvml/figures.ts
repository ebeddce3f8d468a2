import type { GpuDevice } from '../../domain/gpu.ts';
import type { FunctionName } from './functions.ts';

type NumberField = { [K in keyof GpuDevice]-?: number extends GpuDevice[K] ? K : never }[keyof GpuDevice];

/** How the library tells a quantity, what it is in base units, and what can be true of it there. */
export interface Scale {
  readonly times?: number;
  readonly dividedBy?: number;
  readonly min?: number;
  /** In base units; at most what a number holds exactly. */
  readonly max?: number;
  /** How much beyond `max` a value may be and still mean `max`: what is counted over a time that is measured otherwise. */
  readonly slack?: number;
}

const percent: Scale = { dividedBy: 100, max: 1 };
const countedPercent: Scale = { ...percent, slack: 0.05 };
const bytes: Scale = { max: 2 ** 50 };
const milliwatts: Scale = { dividedBy: 1_000, max: 100_000 };
const millijoules: Scale = { dividedBy: 1_000 };
const megahertz: Scale = { times: 1_000_000, max: 100_000_000_000 };
const celsius: Scale = { min: -100, max: 300 };
const count: Scale = {};
const kibibytes: Scale = { times: 1_024 };
const mebibytesPerSecond: Scale = { times: 1_048_576, max: 2 ** 45 };

/** Where in a buffer that a function fills a figure is. */
interface Place {
  readonly field: NumberField;
  readonly scale: Scale;
  readonly offset: number;
  /** 64 bits wide; 32 otherwise. */
  readonly wide?: boolean;
}

interface FigureCall {
  readonly call: FunctionName;
  /** Numbers between the handle and the buffer. */
  readonly arguments?: readonly number[];
  /** The buffer begins with the version of its structure. */
  readonly version?: number;
  /** A second buffer follows, with nothing of interest. */
  readonly spare?: true;
  /** Called only where that one told nothing. */
  readonly insteadOf?: FunctionName;
  readonly places: readonly Place[];
}

const memoryCalls: readonly FigureCall[] = [
  {
    call: 'memoryV2',
    version: 0x02000028,
    places: [
      { field: 'memoryTotalBytes', scale: bytes, offset: 8, wide: true },
      { field: 'memoryReservedBytes', scale: bytes, offset: 16, wide: true },
      { field: 'memoryUsedBytes', scale: bytes, offset: 32, wide: true },
    ],
  },
  // Before driver 510: what is reserved counts as used.
  {
    call: 'memory',
    insteadOf: 'memoryV2',
    places: [
      { field: 'memoryTotalBytes', scale: bytes, offset: 0, wide: true },
      { field: 'memoryUsedBytes', scale: bytes, offset: 16, wide: true },
    ],
  },
];

/** What is asked of a slice; the library tells no utilization of slices but through its performance samples. */
export const sliceCalls = memoryCalls;

/** What is asked of a GPU, one call after the other. */
export const deviceCalls: readonly FigureCall[] = [
  {
    call: 'utilization',
    places: [
      { field: 'utilizationRatio', scale: percent, offset: 0 },
      { field: 'memoryUtilizationRatio', scale: percent, offset: 4 },
    ],
  },
  { call: 'encoderUtilization', spare: true, places: [{ field: 'encoderUtilizationRatio', scale: percent, offset: 0 }] },
  { call: 'decoderUtilization', spare: true, places: [{ field: 'decoderUtilizationRatio', scale: percent, offset: 0 }] },
  ...memoryCalls,
  { call: 'power', places: [{ field: 'powerWatts', scale: milliwatts, offset: 0 }] },
  { call: 'powerLimit', places: [{ field: 'powerLimitWatts', scale: milliwatts, offset: 0 }] },
  { call: 'temperature', arguments: [0], places: [{ field: 'temperatureCelsius', scale: celsius, offset: 0 }] },
  { call: 'clock', arguments: [0], places: [{ field: 'graphicsClockHertz', scale: megahertz, offset: 0 }] },
  { call: 'clock', arguments: [1], places: [{ field: 'smClockHertz', scale: megahertz, offset: 0 }] },
  { call: 'clock', arguments: [2], places: [{ field: 'memoryClockHertz', scale: megahertz, offset: 0 }] },
  { call: 'clock', arguments: [3], places: [{ field: 'videoClockHertz', scale: megahertz, offset: 0 }] },
  { call: 'pcieLinkGeneration', places: [{ field: 'pcieLinkGeneration', scale: { max: 100 }, offset: 0 }] },
  { call: 'pcieLinkWidth', places: [{ field: 'pcieLinkWidth', scale: { max: 100 }, offset: 0 }] },
]; // prettier-ignore

interface Numbered {
  readonly id: number;
  readonly field: NumberField;
  readonly scale: Scale;
  /** Which of several: of the links, all. */
  readonly scope?: number;
}

const allLinks = 0xffff_ffff;

/** What is asked by its number (`NVML_FI_DEV_…`), all in one call. */
export const fieldValues: readonly Numbered[] = [
  { id: 82, field: 'memoryTemperatureCelsius', scale: celsius },
  { id: 83, field: 'energyJoules', scale: millijoules },
  { id: 5, field: 'eccCorrectedErrors', scale: count },
  { id: 6, field: 'eccUncorrectedErrors', scale: count },
  { id: 29, field: 'retiredPagesCorrected', scale: count },
  { id: 30, field: 'retiredPagesUncorrected', scale: count },
  { id: 31, field: 'retiredPagesPending', scale: { max: 1 } },
  { id: 142, field: 'remappedRowsCorrected', scale: count },
  { id: 143, field: 'remappedRowsUncorrected', scale: count },
  { id: 144, field: 'rowRemapPending', scale: { max: 1 } },
  { id: 145, field: 'rowRemapFailed', scale: { max: 1 } },
  { id: 94, field: 'pcieReplays', scale: count },
  { id: 138, scope: allLinks, field: 'nvlinkTransmittedBytes', scale: kibibytes },
  { id: 139, scope: allLinks, field: 'nvlinkReceivedBytes', scale: kibibytes },
];

/** What is told of the time between two performance samples, by number (`NVML_GPM_METRIC_…`); Hopper and later. */
export const gpmMetrics: readonly Numbered[] = [
  { id: 1, field: 'graphicsEngineActiveRatio', scale: countedPercent },
  { id: 2, field: 'smActiveRatio', scale: countedPercent },
  { id: 3, field: 'smOccupancyRatio', scale: countedPercent },
  { id: 5, field: 'tensorActiveRatio', scale: countedPercent },
  { id: 10, field: 'memoryBandwidthRatio', scale: countedPercent },
  { id: 20, field: 'pcieTransmittedBytesPerSecond', scale: mebibytesPerSecond },
  { id: 21, field: 'pcieReceivedBytesPerSecond', scale: mebibytesPerSecond },
  { id: 60, field: 'nvlinkReceivedBytesPerSecond', scale: mebibytesPerSecond },
  { id: 61, field: 'nvlinkTransmittedBytesPerSecond', scale: mebibytesPerSecond },
];

/** The scale of each figure. */
export const scales: ReadonlyMap<string, Scale> = new Map(
  [...deviceCalls.flatMap(({ places }) => places), ...fieldValues, ...gpmMetrics].map(({ field, scale }) => [field, scale]),
); // prettier-ignore

export type FigureName = NumberField;
