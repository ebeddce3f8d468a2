import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeAuthority } from './certificates.ts';
import { startControlPlane } from './control-plane.ts';
import { startKeda } from './keda.ts';
import { ServerProcess } from './server-process.ts';
import type { ServerSetting } from './server-process.ts';
import { StandInKubelet } from './stand-in-kubelet.ts';

/** Builds the programs, which takes half an hour; here it is only asked where they are. */
const installer = new URL('../install-kube.sh', import.meta.url).pathname;

/** What stands beside the kubeconfig of a cluster that was started here, so that tests may break it. */
export const cluesFile = 'local-cluster.json';

/** A cluster of this machine: its own control plane with KEDA, and a stand-in for scheduler and kubelet. */
export interface LocalCluster {
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

/**
 * Starts a cluster in a fresh folder, on free ports of the loopback.
 * Rejects, having ended what it started, where a program is missing or does not come up, or `signal` is aborted before all have.
 */
export async function startLocalCluster(signal = new AbortController().signal): Promise<LocalCluster> {
  const bin = execFileSync(installer, ['--where'], { encoding: 'utf8' }).trim();
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-cluster-'));
  const servers: ServerProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const server of servers.toReversed()) await server.stop();
    rmSync(folder, { recursive: true });
  };
  const run = (setting: ServerSetting): Promise<void> => {
    const server = new ServerProcess({ ...setting, bin, folder, signal });
    servers.push(server);
    return server.start();
  };
  try {
    const place = { folder, authority: makeAuthority(folder), run };
    const { kubeconfig, etcdUrl } = await startControlPlane(place);
    await startKeda(place, kubeconfig, join(bin, 'crds'));
    writeFileSync(join(folder, cluesFile), JSON.stringify({ etcdUrl }));
    const kubelet = new StandInKubelet(kubeconfig);
    return { kubeconfig, stop: () => kubelet.stop().then(stop) };
  } catch (error) {
    await stop();
    throw error;
  }
}
