import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../src/program/child.ts';
import { startBare } from './bare.ts';
import { connect, getMetrics, isActive } from './external-scaler-client.ts';
import type { Ref } from './external-scaler-client.ts';
import type { Benchmark, Figure } from './figure.ts';
import { startProgram, waitFor } from './program.ts';
import type { Program } from './program.ts';
import { median } from './statistics.ts';

const scaledObjects = 1_000;
const callsInFlight = 64;
const rounds = 5;
const roundMs = 3_000;

/** What a real trigger sends with every call. */
const scalerMetadata = {
  scalerAddress: 'pilotlight-scaler.pilotlight:6000',
  timezone: 'Europe/Berlin',
  businessHours: 'Mon-Fri 08:00-20:00 min=2; Mon-Fri 11:30-14:00 min=6; Sat 10:00-14:00',
  holidays: '12-24, 2026-12-31',
  gpuUtilizationTarget: '80',
};

/**
 * Calls a second of the scaler over those of a bare server, the same client in turn on both. The scaler meanwhile does
 * its whole job: it reads the GPUs of each ScaledObject's pods once a second and decides anew.
 */
export const scalerThroughput: Benchmark = { figures: ['scaler.throughput_ratio'], run: measureThroughput };

async function measureThroughput(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-bench-'));
  const exporter = await fakeExporter();
  const names = Array.from({ length: scaledObjects }, (_, i) => `model-${i}`);
  const refs = names.map((name): Ref => ({ name, namespace: 'inference', scalerMetadata }));
  writeFileSync(join(folder, 'workloads.json'), JSON.stringify({ workloads: refs.map(workloadEntry) }));
  const bare = await startBare();
  const scaler = await startScaler(join(folder, 'workloads.json'), exporter.url);
  try {
    const bareRates: number[] = [];
    const scalerRates: number[] = [];
    await callsPerSecond(scaler.address, refs, 2 * roundMs);
    await callsPerSecond(`127.0.0.1:${bare.port}`, refs, roundMs);
    for (let round = 0; round < rounds; round += 1) {
      bareRates.push(await callsPerSecond(`127.0.0.1:${bare.port}`, refs, roundMs));
      scalerRates.push(await callsPerSecond(scaler.address, refs, roundMs));
    }
    const note = `bare server ${Math.round(median(bareRates))} calls/s`;
    const value = median(scalerRates) / median(bareRates);
    return [{ figure: 'scaler.throughput_ratio', value, unit: 'ratio', goal: { atLeast: 0.7 }, note }];
  } finally {
    await Promise.all([bare.program.stop(), scaler.program.stop()]);
    exporter.close();
    rmSync(folder, { recursive: true });
  }
}

/** GetMetrics and IsActive in turn, as KEDA calls them, over one connection. */
async function callsPerSecond(address: string, refs: readonly Ref[], durationMs: number): Promise<number> {
  const client = connect(address);
  const start = performance.now();
  const end = start + durationMs;
  let calls = 0;
  let next = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() < end) {
      const ref = refs[next++ % refs.length];
      if (!ref) return;
      await getMetrics(client, ref);
      await isActive(client, ref);
      calls += 2;
    }
  };
  await Promise.all(Array.from({ length: callsInFlight }, caller));
  client.close();
  return calls / ((performance.now() - start) / 1_000);
}

interface Served {
  readonly program: Program;
  readonly address: string;
}

async function startScaler(workloads: string, exporter: string): Promise<Served> {
  const [grpcPort, httpPort] = [await freePort(), await freePort()];
  const ports = ['--host', '127.0.0.1', '--grpc-port', `${grpcPort}`, '--http-port', `${httpPort}`];
  const program = startProgram('scaler', [...ports, '--workloads', workloads, '--exporters', exporter]);
  await waitFor(`http://127.0.0.1:${httpPort}/readyz`);
  return { program, address: `127.0.0.1:${grpcPort}` };
}

function workloadEntry({ namespace, name }: Ref): object {
  const pods = [0, 1].map((pod) => ({ name: `${name}-${pod}`, phase: 'ready', node: 'node-a', address: '127.0.0.1' }));
  return { namespace, name, target: `Deployment/${name}`, replicas: 2, pods };
}

/** One exporter that knows every pod: the text is the same at every read, what is measured is the scaler's reading of it. */
async function fakeExporter(): Promise<{ url: string; close(): void }> {
  const values = { utilization_ratio: 0.5, memory_used_bytes: 40e9, memory_total_bytes: 80e9 };
  const pods = Array.from({ length: scaledObjects }, (_, i) => [`model-${i}-0`, `model-${i}-1`]).flat();
  const lines = Object.entries(values).flatMap(([name, value]) =>
    pods.map((pod, gpu) => {
      const labels = `namespace="inference",pod="${pod}",container="main",uuid="GPU-${gpu}",attribution="exclusive"`;
      return `pilotlight_pod_gpu_${name}{${labels}} ${value}`;
    }),
  );
  const body = `${lines.join('\n')}\n`;
  const server = createServer((_request, response) => response.end(body));
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}
