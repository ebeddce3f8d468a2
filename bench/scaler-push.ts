import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../src/program/child.ts';
import { connect } from './external-scaler-client.ts';
import type { Benchmark, Figure } from './figure.ts';
import { startProgram, waitFor } from './program.ts';
import { percentile } from './statistics.ts';
import { wakeDelays } from './wake-delays.ts';

const scaledObjects = 20;
const rounds = 6;

/** From "the queue becomes 1 while there are no replicas" to `true` on the push stream, at a read interval of 1 s. */
export const scalerPush: Benchmark = { figures: ['scaler.push_delay_p99'], run: measurePush };

async function measurePush(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-bench-'));
  const gateway = await startGateway();
  const names = Array.from({ length: scaledObjects }, (_, i) => `model-${i}`);
  writeFileSync(join(folder, 'workloads.json'), JSON.stringify({ workloads: names.map(emptyWorkload) }));
  const connections = { gateway: { type: 'prometheus', url: gateway.url, namespaces: ['*'] } };
  writeFileSync(join(folder, 'connections.json'), JSON.stringify({ connections }));
  const [grpcPort, httpPort] = [await freePort(), await freePort()];
  const files = ['--workloads', join(folder, 'workloads.json'), '--connections', join(folder, 'connections.json')];
  const ports = ['--host', '127.0.0.1', '--grpc-port', `${grpcPort}`, '--http-port', `${httpPort}`];
  const scaler = startProgram('scaler', [...ports, ...files, '--read-interval', '1s']);
  try {
    await waitFor(`http://127.0.0.1:${httpPort}/readyz`);
    const client = connect(`127.0.0.1:${grpcPort}`);
    const delays = (await Promise.all(names.map((name) => trials(client, gateway, name)))).flat();
    client.close();
    const note = `${delays.length} trials, median ${percentile(delays, 0.5).toFixed(2)} s`;
    const value = percentile(delays, 0.99);
    return [{ figure: 'scaler.push_delay_p99', value, unit: 's', goal: { atMost: 1.5 }, note }];
  } finally {
    await scaler.stop();
    gateway.close();
    rmSync(folder, { recursive: true });
  }
}

type Client = ReturnType<typeof connect>;

function trials(client: Client, gateway: Gateway, name: string): Promise<number[]> {
  const scalerMetadata = { scalerAddress: 'bench', queueFrom: 'gateway', queueQuery: name, queueTarget: '5' };
  const work = { rounds, begin: () => gateway.queues.set(name, 1), end: () => gateway.queues.set(name, 0) };
  return wakeDelays(client, { name, namespace: 'inference', scalerMetadata }, work);
}

function emptyWorkload(name: string): object {
  return { namespace: 'inference', name, target: `Deployment/${name}`, replicas: 0, pods: [] };
}

interface Gateway {
  readonly url: string;
  readonly queues: Map<string, number>;
  close(): void;
}

/** Answers the Prometheus query API: each "query" is the name of a queue. */
async function startGateway(): Promise<Gateway> {
  const queues = new Map<string, number>();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const query = new URLSearchParams(body).get('query') ?? '';
      const value = [Date.now() / 1_000, String(queues.get(query) ?? 0)];
      const data = { resultType: 'vector', result: [{ metric: {}, value }] };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ status: 'success', data }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, queues, close: () => server.close() };
}
