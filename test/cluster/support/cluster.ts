import { KubeHttp } from '../../../scripts/cluster/kube-http.ts';

/** Path of the kubeconfig of the cluster that is tested against. */
export const kubeconfig = process.env['KUBECONFIG'] ?? '';

/** How long KEDA, the HPA and a kubelet may take for one step. */
export const patience = { timeout: 120_000, interval: 250 };

/** Its API server. */
export const api = new KubeHttp(kubeconfig);
