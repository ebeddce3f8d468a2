import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../src/program/child.ts';
import { redisServer, ServerProgram } from '../test/support/server-program.ts';
import { connect } from './external-scaler-client.ts';
import type { Benchmark, Figure } from './figure.ts';
import { pause, startProgram, waitFor } from './program.ts';
import { percentile } from './statistics.ts';

const queues = 10;
const rounds = 10;
const giveUpMs = 10_000;
/** KEDA asks a scaler that does not push once in this time, so a job waits half of it on average. */
const kedaPollingSeconds = 30;

/** From "a job enters a list of a real Redis while there are no replicas" to `true` on the push stream, at default settings. */
export const redisWake: Benchmark = { figures: ['signals.redis_wake_p99'], run: measureWake };

async function measureWake(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-bench-'));
  const server = await ServerProgram.start(redisServer);
  const writer = new Redis(server.port, '127.0.0.1');
  const names = Array.from({ length: queues }, (_, i) => `queue-${i}`);
  const [grpcPort, httpPort] = [await freePort(), await freePort()];
  const scaler = startProgram('scaler', [
    ...['--host', '127.0.0.1', '--grpc-port', `${grpcPort}`, '--http-port', `${httpPort}`],
    ...writeFiles(folder, `redis://${server.host}`, names),
  ]);
  try {
    await waitFor(`http://127.0.0.1:${httpPort}/readyz`);
    const client = connect(`127.0.0.1:${grpcPort}`);
    const delays = (await Promise.all(names.map((name) => trials(client, writer, name)))).flat();
    client.close();
    const polled = `polling every ${kedaPollingSeconds} s: ${kedaPollingSeconds / 2} s on average, ${kedaPollingSeconds} s at worst`;
    const note = `${delays.length} jobs, median ${percentile(delays, 0.5).toFixed(2)} s; ${polled}`;
    return [
      { figure: 'signals.redis_wake_p99', value: percentile(delays, 0.99), unit: 's', goal: { atMost: 1.5 }, note },
    ];
  } finally {
    await scaler.stop();
    writer.disconnect();
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

function writeFiles(folder: string, url: string, names: readonly string[]): string[] {
  const [workloads, connections] = [join(folder, 'workloads.json'), join(folder, 'connections.json')];
  const idle = (name: string) => ({ namespace: 'batch', name, target: `Deployment/${name}`, replicas: 0, pods: [] });
  writeFileSync(workloads, JSON.stringify({ workloads: names.map(idle) }));
  writeFileSync(connections, JSON.stringify({ connections: { jobs: { type: 'redis', url, namespaces: ['*'] } } }));
  return ['--workloads', workloads, '--connections', connections];
}

type Client = ReturnType<typeof connect>;

/** Opens one stream and pushes a job again and again, each time at another moment of the read interval; seconds of each. */
async function trials(client: Client, writer: Redis, name: string): Promise<number[]> {
  const metadata = { scalerAddress: 'bench', queueFrom: 'jobs', queueKey: name, queueTarget: '5' };
  const stream = client.streamIsActive({ name, namespace: 'batch', scalerMetadata: metadata });
  let state: boolean | undefined;
  let changed = (): void => undefined;
  stream.on('data', ({ result }: { result: boolean }) => {
    state = result;
    changed();
  });
  stream.on('error', () => undefined);
  const becomes = (wanted: boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${name} did not become ${wanted ? '' : 'in'}active`)), giveUpMs);
      changed = () => {
        if (state !== wanted) return;
        clearTimeout(timer);
        resolve();
      };
      changed();
    });
  const delays: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await becomes(false);
    await pause(Math.random() * 1_000);
    const start = performance.now();
    await writer.rpush(name, 'job');
    await becomes(true);
    delays.push((performance.now() - start) / 1_000);
    await writer.del(name);
  }
  stream.cancel();
  return delays;
}
