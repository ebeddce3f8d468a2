import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A program, running as a process of its own. */
export interface Program {
  readonly pid: number;
  stop(): Promise<void>;
}

interface StartOptions {
  readonly environment?: NodeJS.ProcessEnv;
  /** The only ones that it may run on, such as `2,3`; by default all that this process may. */
  readonly cores?: string | undefined;
}

/** Compiles the programs: what is measured is what the image runs. */
export function buildPrograms(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** How the chart starts them. */
export const asInTheChart = {
  exporter: { flags: ['--max-semi-space-size=1'], environment: {} },
  scaler: {
    flags: [
      '--max-semi-space-size=4',
      '--heap-growing-percent=50',
      '--no-parallel-scavenge',
      '--no-allocation-site-pretenuring',
    ],
    environment: { MALLOC_ARENA_MAX: '2' },
  },
};

/** Starts the compiled exporter or scaler. */
export function startProgram(
  name: 'exporter' | 'scaler',
  args: readonly string[],
  { environment = {}, cores }: StartOptions = {},
): Program {
  const { flags, environment: given } = asInTheChart[name];
  const words = [...flags, `dist/${name}/main.js`, ...args, '--log-level', 'error'];
  return startScript(words, { environment: { ...given, ...environment }, cores });
}

/** Starts a script with this very Node; the first words may be flags of Node. */
export function startScript(words: readonly string[], { environment = {}, cores }: StartOptions = {}): Program {
  const [command, args] =
    cores === undefined ? [process.execPath, words] : ['taskset', ['--cpu-list', cores, process.execPath, ...words]];
  const env = { ...process.env, ...environment };
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'], env });
  if (child.pid === undefined) throw new Error(`could not start ${command} ${args.join(' ')}`);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = (): Promise<void> => {
    child.kill('SIGTERM');
    return ended;
  };
  return { pid: child.pid, stop };
}

/** Waits until `url` answers 200. */
export async function waitFor(url: string, withinMs = 20_000): Promise<void> {
  const end = performance.now() + withinMs;
  for (;;) {
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    if (performance.now() > end) throw new Error(`${url} did not answer 200 within ${withinMs} ms`);
    await pause(50);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Resident memory of one process, in MiB. */
export function residentMiB(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1024;
}
