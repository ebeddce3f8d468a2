import { isIPv6 } from 'node:net';

/**
 * Where Kubernetes tells a pod that the API server is, such as `https://10.96.0.1:443`; undefined outside of a pod, and where
 * KUBECONFIG names a file, which counts more.
 * https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/#directly-accessing-the-rest-api
 */
export function apiServerOfPod(environment: Readonly<NodeJS.ProcessEnv> = process.env): string | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443', KUBECONFIG: file } = environment;
  if (!host || file) return undefined;
  return `https://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
