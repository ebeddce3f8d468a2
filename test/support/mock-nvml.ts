import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the library says of a GPU or slice, in its own units; a name that is not there is not supported. */
export interface MockUnit {
  readonly uuid: string;
  readonly values: Readonly<Record<string, number | string>>;
  /** Bytes 0: the driver does not know. */
  readonly processes?: readonly { readonly pid: number; readonly bytes: number; readonly smPercent: number }[];
}

export interface MockGpu extends MockUnit {
  readonly slices?: readonly MockUnit[];
}

/** A driver as its library shows it. */
export interface MockDriver {
  readonly gpus: readonly MockGpu[];
  /** `init`, `fail` (of counting devices): a return code; `hang`, `crash`: any; `print`, `version`: text; `serial`: XIDs are told once for each. */
  readonly settings?: Readonly<Record<string, number | string>>;
}

export interface MockNvml {
  /** The library. */
  readonly path: string;
  /** Puts another driver under it, at once. */
  become(driver: MockDriver): void;
  /** Puts another library in its place, as an upgrade does; a process that has loaded the one before keeps that. */
  replace(compilerWords: readonly string[]): void;
}

/** Whether the mock can be built here: everything else is tested without a C compiler. */
export const hasCompiler = ((): boolean => {
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** For the names of suites that need the mock. */
export const skippedWithoutCompiler = hasCompiler ? '' : ' (skipped: there is no C compiler, "cc")';

export function mockUuid(position: number): string {
  return `GPU-0f0f0f0f-1111-2222-3333-00000000000${position.toString(16)}`;
}

export function mockGpu(position: number, values: MockUnit['values'] = {}, more: Partial<MockGpu> = {}): MockGpu {
  return {
    uuid: mockUuid(position),
    values: {
      name: 'NVIDIA H100 80GB HBM3',
      bus: `00000000:0${position.toString(16)}:00.0`,
      minor: position,
      mig: 0,
      utilization: 30,
      used: 2_147_483_648,
      total: 85_520_809_984,
      temperature: 50,
      ...values,
    },
    ...more,
  };
}

/**
 * Builds the library in a folder of its own, gone after the test. It begins with one healthy GPU.
 * @param compilerWords what the compiler is told beside the source: `-DOLD_DRIVER`, other sources
 */
export function buildMockNvml(
  test: { onTestFinished(call: () => void): void },
  driver: MockDriver = { gpus: [mockGpu(0)] },
  compilerWords: readonly string[] = [],
): MockNvml {
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-'));
  test.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'libnvidia-ml.so.1');
  copyFileSync(compiled(compilerWords), path);
  const become = (next: MockDriver): void => {
    writeFileSync(`${path}.driver.new`, describe(next));
    renameSync(`${path}.driver.new`, `${path}.driver`);
  };
  become(driver);
  return {
    path,
    become,
    replace(otherWords) {
      copyFileSync(compiled(otherWords), `${path}.new`);
      renameSync(`${path}.new`, path);
    },
  };
}

const libraries = new Map<string, string>();

/** The library as the compiler made it, once for each process of tests. */
function compiled(compilerWords: readonly string[]): string {
  const key = compilerWords.join(' ');
  const kept = libraries.get(key);
  if (kept !== undefined) return kept;
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'mock.so');
  const source = fileURLToPath(new URL('./mock-nvml.c', import.meta.url));
  execFileSync('cc', ['-shared', '-fPIC', ...compilerWords, '-o', path, source, '-ldl']);
  libraries.set(key, path);
  return path;
}

function describe({ gpus, settings = {} }: MockDriver): string {
  const units = gpus.flatMap((gpu) => [
    ...describeUnit('gpu', gpu),
    ...(gpu.slices ?? []).flatMap((slice) => describeUnit('slice', slice)),
  ]);
  return [...describeValues({ version: '590.48.01', ...settings }), ...units, ''].join('\n');
}

function describeUnit(kind: 'gpu' | 'slice', { uuid, values, processes = [] }: MockUnit): string[] {
  return [
    `${kind} ${uuid}`,
    ...describeValues(values),
    ...processes.map(({ pid, bytes, smPercent }) => `process ${pid} ${bytes} ${smPercent}`),
  ];
}

function describeValues(values: MockUnit['values']): string[] {
  return Object.entries(values).map(([key, value]) => `${key} ${value}`);
}
