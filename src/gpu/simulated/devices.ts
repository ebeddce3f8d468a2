import type { GpuDevice } from '../../domain/gpu.ts';
import type { EpochMs } from '../../domain/clock.ts';
import type { Loads } from './load-file.ts';
import { flowingNoise, noise } from './noise.ts';

/** GPU models that can be simulated: memory, idle and highest power, clocks, by the makers' data sheets. */
const models = {
  'NVIDIA H100 80GB HBM3': { memoryMiB: 81_559, reservedMiB: 479, idleWatts: 70, maxWatts: 700, smMHz: 1_980, memoryMHz: 2_619 }, // prettier-ignore
  'NVIDIA A100-SXM4-80GB': { memoryMiB: 81_920, reservedMiB: 629, idleWatts: 60, maxWatts: 400, smMHz: 1_410, memoryMHz: 1_593 }, // prettier-ignore
  'NVIDIA L40S': { memoryMiB: 46_068, reservedMiB: 609, idleWatts: 35, maxWatts: 350, smMHz: 2_520, memoryMHz: 9_001 },
  'Tesla T4': { memoryMiB: 15_360, reservedMiB: 388, idleWatts: 10, maxWatts: 70, smMHz: 1_590, memoryMHz: 5_001 },
} as const;
export type SimulatedModel = keyof typeof models;
export const simulatedModels = Object.keys(models) as [SimulatedModel, ...SimulatedModel[]];

export interface SimulatedNode {
  readonly gpus: number;
  readonly model: SimulatedModel;
  readonly seed: number;
}

/** How long the made-up load takes from one random level to the next. */
const levelMs = 60_000;
const bytesPerMiB = 1_048_576;

/**
 * The GPUs of a simulated node at one moment: the same node at the same moment reads the same, always.
 * @param loads what a load file says; a GPU it does not name idles. Absent without a file: then the load is made up.
 */
export function simulateDevices(node: SimulatedNode, nowMs: EpochMs, loads?: Loads): GpuDevice[] {
  return Array.from({ length: node.gpus }, (_, index) => simulateDevice(node, index, nowMs, loads));
}

function simulateDevice(node: SimulatedNode, index: number, nowMs: EpochMs, loads?: Loads): GpuDevice {
  const { memoryMiB, reservedMiB, idleWatts, maxWatts, smMHz, memoryMHz } = models[node.model];
  const uuid = simulatedUuid(node.seed, index);
  const load = loads?.get(uuid) ?? loads?.get(String(index)) ?? {};
  const made = loads ? 0 : flowingNoise(node.seed, index, nowMs / levelMs);
  const utilizationRatio = load.utilizationRatio ?? percentStep(made);
  const memoryTotalBytes = memoryMiB * bytesPerMiB;
  // An engine takes its memory once and keeps it, however busy it is.
  const used = load.memoryUsedBytes ?? (loads ? 0 : bytesPerMiB * Math.round(memoryMiB * (0.5 + noise(node.seed, index, -1) * 0.4))); // prettier-ignore
  return {
    index,
    uuid,
    model: node.model,
    pciBusId: `00000000:${(index + 1).toString(16).padStart(2, '0')}:00.0`,
    minorNumber: index,
    migEnabled: false,
    utilizationRatio,
    memoryUtilizationRatio: percentStep(utilizationRatio * 0.4),
    encoderUtilizationRatio: 0,
    decoderUtilizationRatio: 0,
    memoryUsedBytes: Math.min(used, memoryTotalBytes),
    memoryTotalBytes,
    memoryReservedBytes: reservedMiB * bytesPerMiB,
    temperatureCelsius: Math.round(32 + utilizationRatio * 45),
    memoryTemperatureCelsius: Math.round(38 + utilizationRatio * 40),
    powerWatts: Math.round(idleWatts + (maxWatts - idleWatts) * utilizationRatio),
    powerLimitWatts: maxWatts,
    smClockHertz: (utilizationRatio > 0 ? smMHz : 345) * 1_000_000,
    memoryClockHertz: memoryMHz * 1_000_000,
  };
}

/** Drivers tell whole percents. */
function percentStep(ratio: number): number {
  return Math.round(ratio * 100) / 100;
}

/** A UUID of the driver's shape, the same for the same seed and index. */
export function simulatedUuid(seed: number, index: number): string {
  const digits = Array.from({ length: 4 }, (_, part) => Math.floor(noise(seed, index, -2 - part) * 2 ** 32).toString(16).padStart(8, '0')).join(''); // prettier-ignore
  return `GPU-${digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}`;
}
