import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/program/child.ts';
import type { Ref } from '../external-scaler-client.ts';
import { startProgram, waitFor } from '../program.ts';
import type { Program } from '../program.ts';
import type { ApiOrder } from './api-server.ts';
import { activeScaledObjects, podsEach, refOf } from './scene.ts';
import { startSide } from './side-process.ts';
import type { SideProcess } from './side-process.ts';

interface Ports {
  readonly grpcPort: number;
  readonly httpPort: number;
}

export interface ScalerOfScene extends Ports {
  readonly program: Program;
}

/** With ten thousand pods to read first, and clients on the same cores. */
const readyWithinMs = 150_000;

/** A cluster of 2,000 workloads with 10,000 pods, and scalers that read it; each part a process of its own. */
export interface ClusterScene {
  readonly refs: readonly Ref[];
  readonly enginePort: number;
  order(order: ApiOrder): Promise<void>;
  /** Starts the compiled scaler as the chart does, against the scene's API server. */
  startScaler(): Promise<ScalerOfScene>;
  /** Stops all, scalers included. */
  end(): Promise<void>;
}

/** @param active workloads with five pods each */
export async function openCluster(active = activeScaledObjects): Promise<ClusterScene> {
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-bench-'));
  const pods = await startSide<{ port: number }>('engine-pods.ts');
  const api = await startSide<{ url: string }>('api-server.ts', [String(pods.ready.port)]);
  const order = (what: ApiOrder): Promise<void> => api.ask(what);
  await order({ do: 'add', from: 0, to: active, replicas: podsEach });
  const kubeconfig = writeKubeconfig(folder, api);
  const scalers: Program[] = [];
  return {
    refs: Array.from({ length: active }, (_, index) => refOf(index, pods.ready.port)),
    enginePort: pods.ready.port,
    order,
    startScaler: async () => {
      const scaler = await startScaler(kubeconfig, { grpcPort: await freePort(), httpPort: await freePort() });
      scalers.push(scaler.program);
      return scaler;
    },
    end: async () => {
      await Promise.all(scalers.map((program) => program.stop()));
      await Promise.all([pods.stop(), api.stop()]);
      rmSync(folder, { recursive: true });
    },
  };
}

/** Resolves when it is ready, as Kubernetes would have it before it sends calls there. */
async function startScaler(kubeconfig: string, { grpcPort, httpPort }: Ports): Promise<ScalerOfScene> {
  const ports = ['--host', '127.0.0.1', '--grpc-port', `${grpcPort}`, '--http-port', `${httpPort}`];
  const program = startProgram('scaler', [...ports, '--kubeconfig', kubeconfig]);
  await waitFor(`http://127.0.0.1:${httpPort}/readyz`, readyWithinMs);
  return { program, grpcPort, httpPort };
}

function writeKubeconfig(folder: string, { ready }: SideProcess<{ url: string }>): string {
  const file = join(folder, 'kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'bench', cluster: { server: ready.url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'bench', user: {} }],
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
    'current-context': 'bench',
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}
