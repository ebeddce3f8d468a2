import type { KubeConfig } from '@kubernetes/client-node';

/**
 * The configuration of the cluster to talk to: the file at `path`, or with an empty path whatever kubectl would take,
 * which within a pod is its service account. Rejects with a message that names the file. The client library takes some
 * 85 MiB, so it is loaded only when this is called.
 */
export async function loadKubeConfig(path: string): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  try {
    if (path === '') config.loadFromDefault();
    else config.loadFromFile(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`kubeconfig ${path || '(default)'}: ${reason}`, { cause: error });
  }
  if (!config.getCurrentCluster()) throw new Error(`kubeconfig ${path || '(default)'}: it names no current cluster; set current-context`); // prettier-ignore
  return config;
}
