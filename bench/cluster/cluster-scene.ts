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

export interface ScalerOfScene {
  readonly program: Program;
  readonly grpcPort: number;
  readonly httpPort: number;
}

/** A cluster of 2,000 workloads with 10,000 pods, and scalers that read it; each part a process of its own. */
export interface ClusterScene {
  readonly refs: readonly Ref[];
  readonly enginePort: number;
  order(order: ApiOrder): Promise<void>;
  /** Starts the compiled scaler as the chart does, against the scene's API server. */
  startScaler(flags?: readonly string[]): Promise<ScalerOfScene>;
  /** Stops all, scalers included. */
  end(): Promise<void>;
}

export async function openCluster(): Promise<ClusterScene> {
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-bench-'));
  const pods = await startSide<{ port: number }>('engine-pods.ts');
  const api = await startSide<{ url: string }>('api-server.ts');
  const order = (what: ApiOrder): Promise<void> => api.ask(what);
  await order({ do: 'add', from: 0, to: activeScaledObjects, replicas: podsEach });
  const kubeconfig = writeKubeconfig(folder, api);
  const scalers: Program[] = [];
  return {
    refs: Array.from({ length: activeScaledObjects }, (_, index) => refOf(index, pods.ready.port)),
    enginePort: pods.ready.port,
    order,
    startScaler: async (flags = []) => {
      const scaler = await startScaler(kubeconfig, flags);
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

async function startScaler(kubeconfig: string, flags: readonly string[]): Promise<ScalerOfScene> {
  const [grpcPort, httpPort] = [await freePort(), await freePort()];
  const ports = ['--host', '127.0.0.1', '--grpc-port', `${grpcPort}`, '--http-port', `${httpPort}`];
  const program = startProgram('scaler', [...ports, '--kubeconfig', kubeconfig, ...flags]);
  await waitFor(`http://127.0.0.1:${httpPort}/readyz`);
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
