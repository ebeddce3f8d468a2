import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/program/child.ts';
import { writeServiceAccount } from '../../test/support/service-account.ts';
import type { Ref } from '../external-scaler-client.ts';
import { shareOutCores } from '../cores.ts';
import type { Shares } from '../cores.ts';
import { startProgram, waitFor } from '../program.ts';
import type { Program } from '../program.ts';
import type { ApiOrder } from './api-server.ts';
import { activeScaledObjects, podsEach, refOf } from './scene.ts';
import { startSide } from './side-process.ts';

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
  /** Who runs on which cores. */
  readonly cores: Shares;
  order(order: ApiOrder): Promise<void>;
  /** Starts the compiled scaler as the chart does, in what it takes for a pod of the scene's cluster. */
  startScaler(): Promise<ScalerOfScene>;
  /** Stops all, scalers included. */
  end(): Promise<void>;
}

/** @param active workloads with five pods each */
export async function openCluster(active = activeScaledObjects): Promise<ClusterScene> {
  const cores = shareOutCores();
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-bench-'));
  const pods = await startSide<{ port: number }>('engine-pods.ts');
  const api = await startSide<{ port: number }>('api-server.ts', [String(pods.ready.port)]);
  const order = (what: ApiOrder): Promise<void> => api.ask(what);
  await order({ do: 'add', from: 0, to: active, replicas: podsEach });
  // The stand-in lets in whoever comes.
  writeServiceAccount(folder, 'bench');
  const apiPort = api.ready.port;
  const scalers: Program[] = [];
  return {
    refs: Array.from({ length: active }, (_, index) => refOf(index, pods.ready.port)),
    enginePort: pods.ready.port,
    cores,
    order,
    startScaler: async () => {
      const scaler = await startScaler(
        { folder, apiPort, cores },
        { grpcPort: await freePort(), httpPort: await freePort() },
      );
      scalers.push(scaler.program);
      return scaler;
    },
    end: async () => {
      await Promise.all(scalers.map((program) => program.stop()));
      await Promise.all([pods.stop(), api.stop()]);
      rmSync(folder, { recursive: true });
      cores.release();
    },
  };
}

/** Resolves when it is ready, as Kubernetes would have it before it sends calls there. */
async function startScaler(
  { folder, apiPort, cores }: { folder: string; apiPort: number; cores: Shares },
  { grpcPort, httpPort }: Ports,
): Promise<ScalerOfScene> {
  const ports = ['--host', '127.0.0.1', '--grpc-port', `${grpcPort}`, '--http-port', `${httpPort}`];
  const environment = {
    KUBERNETES_SERVICE_HOST: '127.0.0.1',
    KUBERNETES_SERVICE_PORT: String(apiPort),
  };
  const program = startProgram('scaler', [...ports, '--service-account-path', folder], {
    environment,
    cores: cores.measured,
  });
  await waitFor(`http://127.0.0.1:${httpPort}/readyz`, readyWithinMs);
  return { program, grpcPort, httpPort };
}
