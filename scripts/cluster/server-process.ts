import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorText } from '../../src/domain/error-text.ts';

export interface ServerSetting {
  /** Name of the program, of its log and of the file with its process id. */
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Answers once the server does its work; rejects while it does not. */
  readonly ready: () => Promise<unknown>;
}

interface ServerPlace {
  /** Where programs are. */
  readonly bin: string;
  /** Where its log and its files go. */
  readonly folder: string;
  /** Aborted where the cluster is not wanted any more before it is up. */
  readonly signal: AbortSignal;
}

const pollMs = 200;
const readyWithinMs = 120_000;

/**
 * A server that is started again whenever it ends, as a kubelet would: whoever wants to see it restart kills the process whose
 * id is in `NAME.pid`. While there is a file `NAME.hold` beside that, it stays down.
 */
export class ServerProcess {
  readonly #setting: ServerSetting & ServerPlace;
  #child: ChildProcess | undefined;
  #isStopping = false;

  constructor(setting: ServerSetting & ServerPlace) {
    this.#setting = setting;
  }

  /** Starts the server and waits until it is ready. Rejects with the end of its log where it does not get so far. */
  async start(): Promise<void> {
    const { name, bin } = this.#setting;
    if (!existsSync(join(bin, name))) throw new Error(`${join(bin, name)} is missing; run scripts/install-kube.sh`);
    this.#spawn();
    await this.#untilReady();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  #spawn(): void {
    const { name, bin, folder, args, env } = this.#setting;
    const log = openSync(join(folder, `${name}.log`), 'a');
    const child = spawn(join(bin, name), args, { stdio: ['ignore', log, log], env: { ...process.env, ...env } });
    this.#child = child;
    child.once('error', () => undefined);
    if (child.pid !== undefined) writeFileSync(join(folder, `${name}.pid`), String(child.pid));
    child.once('exit', () => void this.#again());
  }

  async #again(): Promise<void> {
    const { name, folder } = this.#setting;
    do await pause();
    while (!this.#isStopping && existsSync(join(folder, `${name}.hold`)));
    if (!this.#isStopping) this.#spawn();
  }

  async #untilReady(): Promise<void> {
    const { name, folder, ready, signal } = this.#setting;
    let reason = '';
    for (let waitedMs = 0; waitedMs < readyWithinMs; waitedMs += pollMs) {
      const isReady = await ready().then(
        () => true,
        (error: unknown) => {
          reason = errorText(error);
          return false;
        },
      );
      if (isReady) return;
      signal.throwIfAborted();
      await pause();
    }
    const log = readFileSync(join(folder, `${name}.log`), 'utf8').slice(-1_000);
    throw new Error(`${name} is not ready after ${readyWithinMs / 1_000} s: ${reason}\n${log}`);
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pollMs));
}
