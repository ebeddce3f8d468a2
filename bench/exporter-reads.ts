import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../src/program/child.ts';
import { startKubeApi } from '../test/support/kube-api.ts';
import { deployment, kubePod, scaledObject } from '../test/support/kube-objects.ts';
import type { KubeObject } from '../test/support/kube-objects.ts';
import { connect, isActive } from './external-scaler-client.ts';
import type { Benchmark, Figure } from './figure.ts';
import { pause, startProgram, waitFor } from './program.ts';

const nodes = 1_000;
const workloads = 100;
const podsPerWorkload = 5;
/** Pods are on the first so many nodes, so that several workloads share each of them. */
const busyNodes = 200;
const settleMs = 6_000;
const windowMs = 10_000;

/**
 * A cluster of 1,000 nodes with an exporter on each, of which 200 run pods of watched workloads: how many exporters the
 * scaler reads, over the nodes that it has to know of.
 */
export const exporterReads: Benchmark = { figures: ['cluster.reads_per_node_ratio'], run: measureReads };

async function measureReads(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-bench-'));
  const exporters = await startExporters();
  const api = await startKubeApi();
  api.apply(...exporterPods(), ...Array.from({ length: workloads }, (_, index) => objectsOf(index)).flat());
  writeFileSync(join(folder, 'kubeconfig'), kubeconfig(api.url));
  const [grpcPort, httpPort] = [await freePort(), await freePort()];
  const scaler = startProgram('scaler', [
    ...['--host', '127.0.0.1', '--grpc-port', `${grpcPort}`, '--http-port', `${httpPort}`, '--read-interval', '1s'],
    ...['--kubeconfig', join(folder, 'kubeconfig'), '--exporter-pods', `gpu/app=exporter port=${exporters.port}`],
  ]);
  try {
    await waitFor(`http://127.0.0.1:${httpPort}/readyz`);
    await ask(`127.0.0.1:${grpcPort}`);
    await pause(settleMs);
    exporters.reads.clear();
    await pause(windowMs);
    return [figure(exporters.reads)];
  } finally {
    await scaler.stop();
    await api.close();
    exporters.close();
    rmSync(folder, { recursive: true });
  }
}

/** @param reads how often each exporter was read within the window, by address */
function figure(reads: ReadonlyMap<string, number>): Figure {
  const missed = Array.from({ length: busyNodes }, (_, node) => addressOf(node)).filter(
    (address) => !reads.has(address),
  );
  if (missed.length > 0) throw new Error(`${missed.length} exporters of nodes with watched pods were not read`);
  const perInterval = [...reads.values()].reduce((sum, count) => sum + count, 0) / busyNodes / (windowMs / 1_000);
  const note = `${reads.size} of ${nodes} exporters read, each ${perInterval.toFixed(2)} times a read interval`;
  return {
    figure: 'cluster.reads_per_node_ratio',
    value: reads.size / busyNodes,
    unit: 'ratio',
    goal: { atMost: 1 },
    note,
  };
}

/** Registers all triggers, as KEDA's first poll does. */
async function ask(address: string): Promise<void> {
  const client = connect(address);
  const metadata = {
    scalerAddress: 'bench',
    timezone: 'UTC',
    businessHours: 'daily 00:00-24:00 min=1',
    gpuUtilizationTarget: '80',
  };
  const refs = Array.from({ length: workloads }, (_, index) => ({ name: `model-${index}`, namespace: 'inference', scalerMetadata: metadata })); // prettier-ignore
  await Promise.all(refs.map((ref) => isActive(client, ref).catch(() => false)));
  client.close();
}

/** Of the 16 million that the loopback has. */
function addressOf(node: number): string {
  return `127.1.${Math.floor(node / 250)}.${(node % 250) + 1}`;
}

function exporterPods(): KubeObject[] {
  return Array.from({ length: nodes }, (_, node) =>
    kubePod(`exporter-${node}`, 'exporter', {
      metadata: { namespace: 'gpu', labels: { app: 'exporter' } },
      spec: { nodeName: `node-${node}` },
      status: { phase: 'Running', podIP: addressOf(node), conditions: [{ type: 'Ready', status: 'True' }] },
    }),
  );
}

function objectsOf(index: number): KubeObject[] {
  const name = `model-${index}`;
  const pods = Array.from({ length: podsPerWorkload }, (_, pod) => {
    const node = (index * podsPerWorkload + pod) % busyNodes;
    return kubePod(`${name}-${pod}`, name, { spec: { nodeName: `node-${node}` } });
  });
  return [scaledObject(name), deployment(name, podsPerWorkload), ...pods];
}

function kubeconfig(server: string): string {
  const clusters = [{ name: 'bench', cluster: { server, 'insecure-skip-tls-verify': true } }];
  const contexts = [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }];
  return JSON.stringify({ 'current-context': 'bench', clusters, contexts, users: [{ name: 'bench', user: {} }] });
}

interface Exporters {
  readonly port: number;
  /** How often each was read, by its address. */
  readonly reads: Map<string, number>;
  close(): void;
}

/** One server that plays all exporters: which one was meant, the address tells that was connected to. */
async function startExporters(): Promise<Exporters> {
  const reads = new Map<string, number>();
  const server = createServer((request, response) => {
    const address = request.socket.localAddress ?? '';
    reads.set(address, (reads.get(address) ?? 0) + 1);
    response.end('pilotlight_pod_gpu_devices{namespace="elsewhere",pod="none"} 0\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', () => resolve()));
  const { port } = server.address() as AddressInfo;
  return { port, reads, close: () => server.close() };
}
