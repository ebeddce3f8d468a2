import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from '../../domain/clock.ts';
import { simulatedUuid } from '../../gpu/simulated/devices.ts';
import { freePort, startChild } from '../../program/child.ts';
import type { ChildProgram } from '../../program/child.ts';
import { systemClock } from '../../program/system-clock.ts';
import type { GpuSlot } from '../../simulator/deployment.ts';
import { startKubelet } from '../../simulator/kubelet.ts';
import type { KubeletStandIn } from '../../simulator/kubelet.ts';
import type { DemoCluster } from './cluster.ts';

const gpusPerNode = 4;
/** The pretend nodes, and the seed that makes each one's GPUs. */
const nodes = [
  { name: 'gpu-node-a', seed: 1 },
  { name: 'gpu-node-b', seed: 2 },
] as const;
/** A minute of the day passes in a few hundredths of a second, so the programs look as often as that allows. */
const intervals = { sample: '1m', read: '1m', timeout: '30m' };
const readyPauseRealMs = 50;
const readyAttempts = 1_200;

export const gpuSlots: readonly GpuSlot[] = nodes.flatMap(({ name, seed }) =>
  Array.from({ length: gpusPerNode }, (_, index) => ({ node: name, index, uuid: simulatedUuid(seed, index) })),
);

/** The real programs and the stand-ins that they talk to. */
export interface DemoPrograms {
  /** `host:port` of the scaler's gRPC server. */
  readonly scalerAddress: string;
  /** Base URL of the scaler's HTTP server. */
  readonly scalerUrl: string;
  stop(): Promise<void>;
}

interface Setting {
  readonly cluster: DemoCluster;
  /** Holds the files and sockets that the programs share. */
  readonly folder: string;
  /** Value of `--clock` for each program. */
  readonly clock: string;
  readonly onCrash: (program: string, lastWords: string) => void;
}

/** Starts an exporter for each node, beside a kubelet stand-in of its own, and one scaler that reads both; resolves when all are ready. */
export async function startPrograms(setting: Setting): Promise<DemoPrograms> {
  const gateway = await setting.cluster.serveGateway();
  const connections = { gateway: { type: 'prometheus', url: `http://127.0.0.1:${gateway.port}`, namespaces: ['*'] } };
  writeFileSync(join(setting.folder, 'connections.json'), JSON.stringify({ connections }));
  const exporters = await Promise.all(nodes.map((node) => startNode(setting, node)));
  const urls = exporters.map(({ url }) => url);
  const scaler = await startScaler(setting, urls);
  await Promise.all([...urls, scaler.url].map(untilReady));
  return {
    scalerAddress: scaler.address,
    scalerUrl: scaler.url,
    async stop() {
      await Promise.all([scaler.program.stop(), ...exporters.map(({ program }) => program.stop())]);
      for (const { kubelet } of exporters) kubelet.close();
      gateway.close();
    },
  };
}

interface DemoNode {
  readonly program: ChildProgram;
  readonly kubelet: KubeletStandIn;
  readonly url: string;
}

async function startNode(setting: Setting, node: (typeof nodes)[number]): Promise<DemoNode> {
  const socket = join(setting.folder, `${node.name}.sock`);
  const kubelet = await startKubelet(socket, () => setting.cluster.allocations(node.name));
  const port = await freePort();
  const program = start(setting, 'exporter', [
    ...['--host', '127.0.0.1', '--port', `${port}`, '--node-name', node.name, '--kubelet-socket', socket],
    ...['--backend', 'simulated', '--simulated-gpus', `${gpusPerNode}`, '--simulated-seed', `${node.seed}`],
    ...['--simulated-load-file', join(setting.folder, 'gpu-load.json')],
    ...['--sample-interval', intervals.sample, '--host-interval', '0s'],
  ]);
  return { program, kubelet, url: `http://127.0.0.1:${port}` };
}

async function startScaler(
  setting: Setting,
  exporters: readonly string[],
): Promise<{ program: ChildProgram; address: string; url: string }> {
  const [grpcPort, httpPort] = [await freePort(), await freePort()];
  const program = start(setting, 'scaler', [
    ...['--host', '127.0.0.1', '--grpc-port', `${grpcPort}`, '--http-port', `${httpPort}`],
    ...['--workloads', join(setting.folder, 'workloads.json')],
    ...['--connections', join(setting.folder, 'connections.json'), '--exporters', exporters.join(',')],
    ...['--read-interval', intervals.read, '--read-timeout', intervals.timeout],
  ]);
  return { program, address: `127.0.0.1:${grpcPort}`, url: `http://127.0.0.1:${httpPort}` };
}

async function untilReady(url: string): Promise<void> {
  for (let attempts = 0; attempts < readyAttempts; attempts += 1) {
    const isReady = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await sleep(systemClock, readyPauseRealMs);
  }
  throw new Error(`${url} is not ready after ${(readyAttempts * readyPauseRealMs) / 1_000} s`);
}

function start(setting: Setting, name: string, args: readonly string[]): ChildProgram {
  const shared = ['--clock', setting.clock, '--log-level', 'warn'];
  return startChild(name, [...args, ...shared], (lastWords) => setting.onCrash(name, lastWords));
}
