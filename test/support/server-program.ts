import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/program/child.ts';

/** A server from one of Debian's packages. */
interface ServerKind {
  readonly program: string;
  readonly debianPackage: string;
  readonly args: (place: { port: number; directory: string }) => readonly string[];
}

/** A real server of a test's own: a free port of the loopback, a fresh directory, and a life that the test rules. */
export class ServerProgram {
  readonly port: number;
  readonly directory: string;
  readonly #kind: ServerKind;
  #process: ChildProcess | undefined;

  private constructor(kind: ServerKind, port: number, directory: string) {
    this.#kind = kind;
    this.port = port;
    this.directory = directory;
  }

  /** Starts the server and waits for its port. Rejects naming the Debian package where the program is missing. */
  static async start(kind: ServerKind, prepare?: (directory: string) => Promise<void>): Promise<ServerProgram> {
    const directory = await mkdtemp(join(tmpdir(), 'pilotlight-'));
    await prepare?.(directory);
    const server = new ServerProgram(kind, await freePort(), directory);
    await server.start();
    return server;
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Starts it again where it was. */
  async start(): Promise<void> {
    const { program, debianPackage, args } = this.#kind;
    const child = spawn(program, args({ port: this.port, directory: this.directory }), {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
    const ended = new Promise<never>((_, reject) => {
      child.once('error', () => reject(new Error(`${program} is missing: apt-get install ${debianPackage}`)));
      child.once('exit', (code) =>
        reject(new Error(`${program} exited with ${String(code)}: ${output.slice(-1_000)}`)),
      );
    });
    ended.catch(() => undefined);
    await Promise.race([ended, this.#listening()]);
  }

  /** Ends it at once, as a node that dies would. */
  async stop(): Promise<void> {
    const child = this.#process;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await exited;
  }

  async #listening(): Promise<void> {
    for (let attempt = 0; attempt < 600; attempt += 1) {
      if (await canConnect(this.port)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${this.#kind.program} does not listen on port ${this.port}`);
  }
}

export const redisServer: ServerKind = {
  program: 'redis-server',
  debianPackage: 'redis-server',
  args: ({ port, directory }) => ['--bind', '127.0.0.1', '--port', String(port), '--dir', directory, '--save', '', '--appendonly', 'yes'], // prettier-ignore
};

/** Reads its configuration from `prometheus.yml` in its directory. */
export const prometheusServer: ServerKind = {
  program: 'prometheus',
  debianPackage: 'prometheus',
  args: ({ port, directory }) => [
    `--config.file=${join(directory, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(directory, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ],
};

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (connected: boolean): void => {
      socket.destroy();
      resolve(connected);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
