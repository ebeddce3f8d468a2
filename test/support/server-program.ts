import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/program/child.ts';

/** A server from one of Debian's packages. */
export interface ServerKind {
  readonly program: string;
  readonly debianPackage: string;
  readonly args: (place: Place) => readonly string[];
  readonly env?: (place: Place) => Readonly<Record<string, string>>;
  /** Ends what the server has started and leaves running. */
  readonly after?: (place: Place) => void;
}

interface Place {
  readonly port: number;
  /** A second port for whatever else the server listens on. */
  readonly otherPort: number;
  readonly directory: string;
}

/** A real server of a test's own: a free port of the loopback, a fresh directory, and a life that the test rules. */
export class ServerProgram {
  readonly port: number;
  readonly otherPort: number;
  readonly directory: string;
  readonly #kind: ServerKind;
  #process: ChildProcess | undefined;

  private constructor(kind: ServerKind, { port, otherPort, directory }: Place) {
    this.#kind = kind;
    this.port = port;
    this.otherPort = otherPort;
    this.directory = directory;
  }

  /** Starts the server and waits for its port. Rejects naming the Debian package where the program is missing. */
  static async start(kind: ServerKind, prepare?: (directory: string) => Promise<void>): Promise<ServerProgram> {
    const directory = await mkdtemp(join(tmpdir(), 'pilotlight-'));
    await prepare?.(directory);
    const server = new ServerProgram(kind, { port: await freePort(), otherPort: await freePort(), directory });
    await server.start();
    return server;
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Starts it again where it was. */
  async start(): Promise<void> {
    const { program, debianPackage, args, env } = this.#kind;
    // In a group of its own: some servers are scripts that start others, which must end with them.
    const child = spawn(program, args(this), {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, ...env?.(this) },
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
    await Promise.race([ended, this.#listening()]).catch(async (error: unknown) => {
      await this.stop();
      throw error;
    });
  }

  /** Ends it at once, as a node that dies would. */
  async stop(): Promise<void> {
    const child = this.#process;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    await exited;
    this.#kind.after?.(this);
  }

  async #listening(): Promise<void> {
    for (let attempt = 0; attempt < 1_800; attempt += 1) {
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

/** JetStream keeps its streams in the server's directory. */
export const natsServer: ServerKind = {
  program: 'nats-server',
  debianPackage: 'nats-server',
  args: ({ port, directory }) => ['--addr', '127.0.0.1', '--port', String(port), '--jetstream', '--store_dir', directory, '--user', 'reader', '--pass', 'swordfish'], // prettier-ignore
};

/** With its management plugin on the other port, a node name and an epmd of its own. */
export const rabbitmqServer: ServerKind = {
  program: '/usr/lib/rabbitmq/bin/rabbitmq-server',
  debianPackage: 'rabbitmq-server',
  args: () => [],
  env: (place) => rabbitmqEnvironment(place),
  after: (place) => {
    spawnSync('epmd', ['-kill'], { env: { ...process.env, ...rabbitmqEnvironment(place) }, stdio: 'ignore' });
  },
};

function rabbitmqEnvironment({ port, otherPort, directory }: Place): Record<string, string> {
  writeFileSync(join(directory, 'enabled_plugins'), '[rabbitmq_management].\n');
  writeFileSync(
    join(directory, 'rabbitmq.conf'),
    `listeners.tcp.1 = 127.0.0.1:${port}\nmanagement.tcp.ip = 127.0.0.1\nmanagement.tcp.port = ${otherPort}\ncollect_statistics_interval = 500\n`,
  );
  return {
    HOME: directory,
    ERL_EPMD_PORT: String(epmdPort(port)),
    RABBITMQ_NODENAME: `pilotlight-${port}@localhost`,
    RABBITMQ_DIST_PORT: String(epmdPort(otherPort)),
    RABBITMQ_CONFIG_FILE: join(directory, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'enabled_plugins'),
    RABBITMQ_MNESIA_BASE: join(directory, 'mnesia'),
    RABBITMQ_LOG_BASE: join(directory, 'log'),
    RABBITMQ_LOGS: '-',
  };
}

/** Below the range that the kernel gives out, so that none of `freePort` can be it. */
function epmdPort(port: number): number {
  return 10_000 + (port % 20_000);
}

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
