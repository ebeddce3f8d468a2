import { chmodSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'vitest';

/** Texts as nvidia-smi writes them; `-` where it has none. */
export interface FakeProcess {
  readonly pid: number;
  readonly sm: string;
  readonly mebibytes: string;
  /** The GPU instance of its slice. */
  readonly gi?: number;
}

export interface FakeSlice {
  readonly uuid: string;
  readonly profile: string;
  readonly gi: number;
  readonly usedMebibytes: number;
  readonly totalMebibytes: number;
}

/** A driver as its nvidia-smi shows it. */
export interface FakeDriver {
  /** Names that `--query-gpu` knows. */
  readonly fields: readonly string[];
  /** Values by field; a field without one is `[N/A]`. */
  readonly gpus: readonly Readonly<Record<string, string>>[];
  /** Processes by the position of their GPU. */
  readonly processes?: readonly (readonly FakeProcess[])[];
  /** MIG slices by the position of their GPU. */
  readonly slices?: readonly (readonly FakeSlice[])[];
  /** GPUs that the driver counts, where that is not how many it shows. */
  readonly count?: number;
  readonly behaviour?: 'hangs' | 'fails' | 'stops-in-a-line';
  /** What a driver that fails says, and its exit code. */
  readonly message?: string;
  readonly exitCode?: number;
  /** A line that is no reading, before each iteration. */
  readonly noise?: string;
}

export interface FakeNvidiaSmi {
  /** The executable. */
  readonly path: string;
  /** Puts another driver under it, at once. */
  become(driver: Partial<FakeDriver>): void;
  /** Whether the process that was last started to loop is still there. */
  isLooping(): boolean;
  remove(): void;
  install(): void;
}

/** Field names of a current driver. */
export const currentFields: readonly string[] = 'index,uuid,count,driver_version,name,pci.bus_id,mig.mode.current,utilization.gpu,utilization.memory,memory.used,memory.total,temperature.gpu,power.draw,enforced.power.limit,clocks.current.sm,clocks.current.memory'.split(','); // prettier-ignore

/** UUID of the fake GPU at a position. */
export function fakeUuid(position: number): string {
  return `GPU-0f0f0f0f-1111-2222-3333-00000000000${position}`;
}

export function fakeGpu(
  position: number,
  values: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  return {
    uuid: fakeUuid(position),
    name: 'NVIDIA L40S',
    driver_version: '595.80',
    'pci.bus_id': `00000000:0${position}:00.0`,
    'utilization.gpu': '30',
    'memory.used': '2048',
    'memory.total': '46068',
    'temperature.gpu': '50',
    ...values,
  };
}

/** Installs an executable `nvidia-smi` in a folder of its own, gone after the test. It begins with one healthy GPU. */
export function fakeNvidiaSmi(test: TestContext, driver: Partial<FakeDriver> = {}): FakeNvidiaSmi {
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-'));
  test.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [path, driverFile] = [join(folder, 'nvidia-smi'), join(folder, 'driver.json')];
  const program = fileURLToPath(new URL('./nvidia-smi-program.ts', import.meta.url));
  const fake: FakeNvidiaSmi = {
    path,
    become(next) {
      const full: FakeDriver = { fields: currentFields, gpus: [fakeGpu(0)], ...next };
      writeFileSync(`${driverFile}.new`, JSON.stringify(full));
      renameSync(`${driverFile}.new`, driverFile);
    },
    isLooping: () => isAlive(Number(readFileSync(`${driverFile}.pid`, 'utf8'))),
    remove: () => rmSync(path),
    install() {
      writeFileSync(path, `#!/bin/sh\nexec "${process.execPath}" "${program}" "${driverFile}" "$@"\n`);
      chmodSync(path, 0o755);
    },
  };
  fake.become(driver);
  fake.install();
  return fake;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
