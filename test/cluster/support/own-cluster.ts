import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cluesFile } from '../../../scripts/cluster/local-cluster.ts';
import { kubeconfig } from './cluster.ts';

const folder = dirname(kubeconfig);

/** Whether the cluster was started on this machine by our scripts, so that tests may break it, and its pods are no real ones. */
export const isOurOwn = existsSync(join(folder, cluesFile));

/** Ends the API server, has something done while it is away, and lets it come back, on the same port and etcd. */
export async function restartApiServer(meanwhile: (etcdUrl: string) => Promise<void>): Promise<void> {
  const hold = join(folder, 'kube-apiserver.hold');
  writeFileSync(hold, '');
  try {
    process.kill(Number(readFileSync(join(folder, 'kube-apiserver.pid'), 'utf8')), 'SIGKILL');
    const { etcdUrl } = JSON.parse(readFileSync(join(folder, cluesFile), 'utf8')) as { etcdUrl: string };
    await meanwhile(etcdUrl);
  } finally {
    rmSync(hold);
  }
}

/** Asks etcd's gateway, which speaks JSON with all bytes in base64. */
export async function askEtcd(url: string, path: string, body: object): Promise<{ header: { revision: string } }> {
  const response = await fetch(`${url}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`etcd answers ${response.status} to ${path}: ${await response.text()}`);
  return (await response.json()) as { header: { revision: string } };
}
