import { startLocalCluster } from '../../../scripts/cluster/local-cluster.ts';
import type { LocalCluster } from '../../../scripts/cluster/local-cluster.ts';

let cluster: LocalCluster | undefined;

/** Starts a cluster of this machine where KUBECONFIG names none. */
export async function setup(): Promise<void> {
  if (process.env['KUBECONFIG'] !== undefined) return;
  cluster = await startLocalCluster();
  process.env['KUBECONFIG'] = cluster.kubeconfig;
}

export async function teardown(): Promise<void> {
  await cluster?.stop();
}
