import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Allocation } from '../../src/domain/gpu.ts';
import { currentFields } from '../../test/support/fake-nvidia-smi.ts';
import { buildMockNvml, mockGpu, mockUuid } from '../../test/support/mock-nvml.ts';
import type { MockGpu, MockNvml } from '../../test/support/mock-nvml.ts';
import type { Undo } from './undo.ts';

/** All that the mock can tell of a whole GPU beyond what it tells by itself. */
const figures = { smClock: 1_980, memoryClock: 2_619, power: 412_500, powerLimit: 700_000, memoryUtilization: 20, reserved: 536_870_912, clockEvents: 4, encoder: 0, decoder: 0, field83: 81_234_500, gpm: 1, gpm1: 30, gpm2: 25, gpm3: 20 }; // prettier-ignore

export function wholeGpus(count: number): MockGpu[] {
  return Array.from({ length: count }, (_, i) =>
    mockGpu(i, figures, { processes: [{ pid: 4_000_000 + i, bytes: 2_147_483_648, smPercent: 30 }] }),
  );
}

/** GPUs in seven slices each, a process on every slice. */
export function slicedGpus(count: number): MockGpu[] {
  return Array.from({ length: count }, (_, i) =>
    mockGpu(i, { ...figures, mig: 1 }, {
      slices: Array.from({ length: 7 }, (__, place) => ({
        uuid: sliceUuid(i, place),
        values: { name: 'NVIDIA H100 80GB HBM3 MIG 1g.10gb', gi: place + 1, ci: 0, used: 1_073_741_824, total: 10_737_418_240, gpm1: 30 },
        processes: [{ pid: 4_000_000 + 8 * i + place, bytes: 1_073_741_824, smPercent: 0 }],
      })),
    }),
  ); // prettier-ignore
}

function sliceUuid(gpu: number, place: number): string {
  return `MIG-0f0f0f0f-1111-2222-3333-0000000000${gpu.toString(16)}${place}`;
}

/** A stand-in driver, and how an exporter is told to read it. */
export interface Driver {
  readonly args: readonly string[];
  /** CPU seconds that have been spent within its library so far, by all processes that have it. */
  cpuSeconds(): number;
}

/** CPU that a driver's calls take beyond what the stand-in takes by itself. */
interface DriverCosts {
  readonly initNanoseconds: number;
  readonly callNanoseconds: number;
}

/** GPUs that are read through NVML, or through the nvidia-smi that is beside the library. */
export function nvmlDriver(undo: Undo, gpus: readonly MockGpu[], costs?: DriverCosts): Driver & { nvidiaSmi: string } {
  const { path } = timedNvml(undo, gpus, costs);
  return { args: ['--backend', 'nvml', '--nvml-path', path], cpuSeconds: () => spentSeconds(path), nvidiaSmi: buildTool(dirname(path)) }; // prettier-ignore
}

/** Eight GPUs that are read through nvidia-smi: a process of the driver's, so that none of its time is spent in ours. */
export function nvidiaSmiDriver(undo: Undo): Driver {
  const { nvidiaSmi } = nvmlDriver(undo, wholeGpus(8));
  return { args: ['--backend', 'nvidia-smi', '--nvidia-smi-path', nvidiaSmi], cpuSeconds: () => 0 };
}

/** The tests' stand-in library, optimised, with the time that is spent in it added up. */
function timedNvml(undo: Undo, gpus: readonly MockGpu[], costs?: DriverCosts): MockNvml {
  const defines = costs ? [`-DINIT_NANOSECONDS=${costs.initNanoseconds}`, `-DCALL_NANOSECONDS=${costs.callNanoseconds}`] : []; // prettier-ignore
  const mock = buildMockNvml(undo, { gpus }, ['-O2', '-finstrument-functions', '-Wl,-Bsymbolic', ...defines, sourceOf('driver-time.c')]); // prettier-ignore
  writeFileSync(`${mock.path}.time`, Buffer.alloc(8));
  return mock;
}

function spentSeconds(path: string): number {
  return Number(readFileSync(`${path}.time`).readBigUInt64LE(0)) / 1e9;
}

/** Names that the stand-in nvidia-smi knows: as many as that of driver 580, though it has something for few of them. */
export const toolFields: readonly string[] = [
  ...currentFields,
  ...Array.from({ length: 218 - currentFields.length }, (_, at) => `without.value.${at}`),
];

/** Builds the stand-in nvidia-smi into the folder of a library. */
function buildTool(folder: string): string {
  const path = join(folder, 'nvidia-smi');
  writeFileSync(join(folder, 'fields'), toolFields.map((name) => `"${name}"\n`).join(''));
  execFileSync('cc', ['-O2', '-o', path, sourceOf('nvidia-smi.c'), '-ldl']);
  return path;
}

function sourceOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** What 64 pods hold: the first eight a whole GPU each, the others none. */
export function eightHolders(generation = 0): Allocation[] {
  return Array.from({ length: 64 }, (_, i) => ({
    namespace: 'inference',
    pod: `model-${generation}-${i}`,
    container: 'main',
    resource: 'nvidia.com/gpu',
    deviceIds: i < 8 ? [mockUuid(i)] : [],
  }));
}

/** 112 pods with a slice each. */
export function sliceHolders(): Allocation[] {
  return Array.from({ length: 112 }, (_, i) => ({
    namespace: 'inference',
    pod: `model-${i}`,
    container: 'main',
    resource: 'nvidia.com/mig-1g.10gb',
    deviceIds: [sliceUuid(Math.floor(i / 7), i % 7)],
  }));
}
