import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { errorText } from '../../../domain/error-text.ts';
import type { ApiAccess } from './api-access.ts';

/**
 * The access that the kubeconfig file at `path` gives, or with an empty path what kubectl would use. Rejects with a message that
 * names the file. The client library takes some 85 MiB, so it is loaded only when this is called.
 */
export async function loadKubeConfig(path: string): Promise<ApiAccess> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  try {
    if (path === '') config.loadFromDefault();
    else config.loadFromFile(path);
    return accessOf(config);
  } catch (error) {
    throw new Error(`kubeconfig ${path || '(default)'}: ${errorText(error)}`, { cause: error });
  }
}

/** Throws where it names no current cluster. */
export function accessOf(config: KubeConfig): ApiAccess {
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new Error('it names no current cluster; set current-context');
  return {
    server: cluster.server.replace(/\/$/, ''),
    credentials: async () => {
      const options: RequestOptions = {};
      await config.applyToHTTPSOptions(options);
      return options;
    },
    usesProxy: Boolean(cluster.proxyUrl),
  };
}
