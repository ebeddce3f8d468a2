import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { simulatedUuid } from '../../src/gpu/simulated/devices.ts';
import { freePort } from '../../src/program/child.ts';
import { startKubelet } from '../../src/simulator/kubelet.ts';
import { startExporterProcess } from './exporter-process.ts';
import type { ExporterProcess } from './exporter-process.ts';
import { FaultyServer } from './faulty-server.ts';
import { startKubeApi } from './kube-api.ts';
import type { KubeApiStandIn } from './kube-api.ts';
import { deployment, kubePod, scaledObject } from './kube-objects.ts';

/** GPUs that do a little: two replicas are more than their load asks for. */
const load = JSON.stringify({ 0: { utilizationRatio: 0.1, memoryUsedBytes: 1e9 } });

/** Two nodes with a pod of `llama` and an exporter process each, and the API server that tells of them. */
export interface GpuCluster {
  readonly api: KubeApiStandIn;
  readonly folder: string;
  /** Stands before the exporter of node-b: what it is told to do to who asks, it does. */
  readonly wire: FaultyServer;
  readonly exporters: readonly [ExporterProcess, ExporterProcess];
  /** Starts the exporter of node-b again where it was. */
  restartExporter(): Promise<ExporterProcess>;
  /** Flags for a scaler that sees this cluster. */
  readonly scalerFlags: readonly string[];
}

export async function startGpuCluster(test: TestContext): Promise<GpuCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-cluster-'));
  test.onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'load.json'), load);
  const wire = await FaultyServer.start((socket) => {
    const onwards = connect(wire.port, '127.0.0.3');
    onwards.on('error', () => socket.destroy());
    socket.pipe(onwards).pipe(socket);
    socket.on('close', () => onwards.destroy());
  });
  test.onTestFinished(() => wire.stop());
  const startB = (): Promise<ExporterProcess> => startNode(test, folder, { name: 'node-b', host: '127.0.0.3', port: wire.port, seed: 2 }); // prettier-ignore
  const exporters = [await startNode(test, folder, { name: 'node-a', host: '127.0.0.2', port: wire.port, seed: 1 }), await startB()] as const; // prettier-ignore
  const api = await startKubeApi();
  test.onTestFinished(() => api.close());
  api.apply(scaledObject('llama', { spec: { maxReplicaCount: 8 } }), deployment('llama', 2));
  api.apply(kubePod('llama-0', 'llama', { spec: { nodeName: 'node-a' } }), kubePod('llama-1', 'llama', { spec: { nodeName: 'node-b' } })); // prettier-ignore
  api.apply(exporterPod('node-a', '127.0.0.2'), exporterPod('node-b', '127.0.0.1'));
  api.token = 'first';
  writeFileSync(join(folder, 'token'), 'first');
  writeFileSync(join(folder, 'kubeconfig'), kubeconfig(api.url, join(folder, 'token')));
  const scalerFlags = [
    '--kubeconfig',
    join(folder, 'kubeconfig'),
    '--exporter-pods',
    `gpu/app=exporter port=${wire.port}`,
  ];
  return { api, folder, wire, exporters, restartExporter: startB, scalerFlags };
}

/** Ports for a scaler that is to come back where it was. */
export async function fixedPorts(): Promise<{ address: string; flags: readonly string[] }> {
  const port = await freePort();
  return { address: `127.0.0.1:${port}`, flags: ['--grpc-port', `${port}`] };
}

interface NodePlace {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly seed: number;
}

async function startNode(
  test: TestContext,
  folder: string,
  { name, host, port, seed }: NodePlace,
): Promise<ExporterProcess> {
  const socket = join(folder, `${name}.sock`);
  const pod = name === 'node-a' ? 'llama-0' : 'llama-1';
  const held = { namespace: 'inference', pod, container: 'engine', resource: 'nvidia.com/gpu' };
  const kubelet = await startKubelet(socket, () => [{ ...held, deviceIds: [simulatedUuid(seed, 0)] }]);
  test.onTestFinished(() => kubelet.close());
  return startExporterProcess(test, [
    ...['--host', host, '--port', `${port}`, '--node-name', name, '--kubelet-socket', socket],
    ...['--backend', 'simulated', '--simulated-gpus', '1', '--simulated-seed', `${seed}`],
    ...['--simulated-load-file', join(folder, 'load.json'), '--sample-interval', '200ms'],
  ]);
}

function exporterPod(nodeName: string, podIP: string): ReturnType<typeof kubePod> {
  const metadata = { namespace: 'gpu', labels: { app: 'exporter' } };
  const status = { phase: 'Running', podIP, conditions: [{ type: 'Ready', status: 'True' }] };
  return kubePod(`exporter-${nodeName}`, 'exporter', { metadata, spec: { nodeName }, status });
}

/** With the token in a file, as a pod's service account has it. */
function kubeconfig(server: string, tokenFile: string): string {
  const user = { 'auth-provider': { name: 'tokenFile', config: { tokenFile } } };
  const clusters = [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }];
  const contexts = [{ name: 'c', context: { cluster: 'c', user: 'u' } }];
  return JSON.stringify({ 'current-context': 'c', clusters, contexts, users: [{ name: 'u', user }] });
}
