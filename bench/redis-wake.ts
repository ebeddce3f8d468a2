import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../src/program/child.ts';
import { redisServer, ServerProgram } from '../test/support/server-program.ts';
import { connect } from './external-scaler-client.ts';
import type { Benchmark, Figure } from './figure.ts';
import { startProgram, waitFor } from './program.ts';
import { percentile } from './statistics.ts';
import { wakeDelays } from './wake-delays.ts';

const queues = 10;
const rounds = 10;
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

function trials(client: Client, writer: Redis, name: string): Promise<number[]> {
  const scalerMetadata = { scalerAddress: 'bench', queueFrom: 'jobs', queueKey: name, queueTarget: '5' };
  const work = { rounds, begin: () => writer.rpush(name, 'job'), end: () => writer.del(name) };
  return wakeDelays(client, { name, namespace: 'batch', scalerMetadata }, work);
}
