import { spawn } from 'node:child_process';
import type { ChildProcess, ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { expect, vi } from 'vitest';

export interface ScalerProcess {
  readonly child: ChildProcess;
  /** Lines of its log. */
  readonly logs: readonly Readonly<Record<string, unknown>>[];
  /** What it wrote beside its log. */
  readonly stderr: () => string;
  readonly grpcAddress: string;
  readonly httpAddress: string;
  /** SIGTERM; answers the exit code. */
  stop(): Promise<number | null>;
}

/**
 * Starts the real scaler as a process, on free ports, with the workloads that `workloads` describes, or with those of a
 * cluster where it is undefined; ended with the test.
 */
export async function startScalerProcess(
  test: { readonly onTestFinished: (end: () => void) => void },
  workloads: string | undefined,
  args: readonly string[] = [],
  environment: NodeJS.ProcessEnv = {},
): Promise<ScalerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-scaler-'));
  const file = join(folder, 'workloads.yaml');
  if (workloads !== undefined) writeFileSync(file, workloads);
  const source = workloads === undefined ? [] : ['--workloads', file];
  const fixed = ['--host', '127.0.0.1', '--grpc-port', '0', '--http-port', '0', ...source];
  const child = spawnScaler([...fixed, ...args], environment);
  test.onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  const logs: Record<string, unknown>[] = [];
  let stderr = '';
  createInterface({ input: child.stdout }).on('line', (line) => logs.push(JSON.parse(line) as Record<string, unknown>));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const listening = (): Record<string, unknown> | undefined => logs.find(({ msg }) => msg === 'listening');
  await vi.waitFor(() => expect(listening() ?? stderr).toBeTruthy(), { timeout: 60_000 });
  return {
    child,
    logs,
    stderr: () => stderr,
    grpcAddress: `127.0.0.1:${String(listening()?.['grpcPort'])}`,
    httpAddress: `http://127.0.0.1:${String(listening()?.['httpPort'])}`,
    async stop() {
      const ended = once(child, 'exit') as Promise<[number | null]>;
      child.kill('SIGTERM');
      return (await ended)[0];
    },
  };
}

/** Runs the scaler with a command line that it refuses: its exit code and what it says. */
export async function refusedScaler(args: readonly string[]): Promise<{ exitCode: number | null; stderr: string }> {
  const child = spawnScaler(args);
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stderr };
}

function spawnScaler(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): ChildProcessByStdio<null, Readable, Readable> {
  const env = { ...process.env, ...environment };
  return spawn(process.execPath, ['src/scaler/main.ts', ...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
}
