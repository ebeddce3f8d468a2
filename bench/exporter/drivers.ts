import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Allocation } from '../../src/domain/gpu.ts';
import { currentFields, fakeGpu } from '../../test/support/fake-nvidia-smi.ts';
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
  /** CPU seconds that have been spent within it so far, by whomever. */
  cpuSeconds(): number;
}

/** GPUs that are read through NVML. */
export function nvmlDriver(undo: Undo, gpus: readonly MockGpu[]): Driver {
  const { path } = timedNvml(undo, gpus);
  return { args: ['--backend', 'nvml', '--nvml-path', path], cpuSeconds: () => spentSeconds(path) };
}

/** The tests' stand-in library, optimised, with the time that is spent in it added up. */
function timedNvml(undo: Undo, gpus: readonly MockGpu[]): MockNvml {
  const timer = fileURLToPath(new URL('driver-time.c', import.meta.url));
  const mock = buildMockNvml(undo, { gpus }, ['-O2', '-finstrument-functions', '-Wl,-Bsymbolic', timer]);
  writeFileSync(`${mock.path}.time`, Buffer.alloc(8));
  return mock;
}

function spentSeconds(path: string): number {
  return Number(readFileSync(`${path}.time`).readBigUInt64LE(0)) / 1e9;
}

/** Eight GPUs that are read through a stand-in nvidia-smi: a process of the driver's, so that nothing is spent in ours. */
export function nvidiaSmiDriver(undo: Undo): Driver {
  return { args: ['--backend', 'nvidia-smi', '--nvidia-smi-path', nvidiaSmi(undo)], cpuSeconds: () => 0 };
}

/** An executable that speaks nvidia-smi's command line for eight healthy GPUs. */
export function nvidiaSmi(undo: Undo): string {
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-bench-'));
  undo.onTestFinished(() => rmSync(folder, { recursive: true }));
  const driver = { fields: currentFields, gpus: Array.from({ length: 8 }, (_, i) => fakeGpu(i)) };
  const [path, driverFile] = [join(folder, 'nvidia-smi'), join(folder, 'driver.json')];
  const program = fileURLToPath(new URL('../../test/support/nvidia-smi-program.ts', import.meta.url));
  writeFileSync(driverFile, JSON.stringify(driver));
  writeFileSync(path, `#!/bin/sh\nexec "${process.execPath}" "${program}" "${driverFile}" "$@"\n`);
  chmodSync(path, 0o755);
  return path;
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
