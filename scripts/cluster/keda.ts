import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { freePort } from '../../src/program/child.ts';
import { makeCertificate } from './certificates.ts';
import type { ClusterPlace } from './control-plane.ts';
import { KubeHttp } from './kube-http.ts';

const namespace = 'keda';
const adapterService = 'keda-metrics-apiserver';

/**
 * Installs KEDA's kinds and starts its operator and its metrics adapter. Rejects where one does not come up.
 * @param crds folder of its custom resource definitions
 */
export async function startKeda(place: ClusterPlace, kubeconfig: string, crds: string): Promise<void> {
  const api = new KubeHttp(kubeconfig);
  const adapterPort = await freePort();
  await install(api, crds, adapterPort);
  const metricsPort = await freePort();
  await startOperator(place, kubeconfig, metricsPort);
  await startAdapter(place, api, { kubeconfig, metricsPort, adapterPort });
}

async function install(api: KubeHttp, crds: string, adapterPort: number): Promise<void> {
  const paths = globSync(join(crds, '*.yaml'));
  if (paths.length === 0) throw new Error(`${crds} holds no CRDs of KEDA; run scripts/install-kube.sh`);
  for (const path of paths) {
    const kind = parse(readFileSync(path, 'utf8')) as object;
    await api.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', kind);
  }
  await api.create('/api/v1/namespaces', { metadata: { name: namespace } });
  await api.create(`/api/v1/namespaces/${namespace}/services`, adapterByName(adapterPort));
  await api.create('/apis/apiregistration.k8s.io/v1/apiservices', metricsApi(adapterPort));
}

/** The API server reaches the adapter, which is no pod, by a Service that is another name of this machine. */
function adapterByName(port: number): object {
  return {
    metadata: { name: adapterService },
    spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port }] },
  };
}

function metricsApi(port: number): object {
  const service = { name: adapterService, namespace, port };
  const served = {
    group: 'external.metrics.k8s.io',
    version: 'v1beta1',
    groupPriorityMinimum: 100,
    versionPriority: 100,
  };
  return {
    metadata: { name: `${served.version}.${served.group}` },
    spec: { service, ...served, insecureSkipTLSVerify: true },
  };
}

async function startOperator(place: ClusterPlace, kubeconfig: string, metricsPort: number): Promise<void> {
  const serving = makeCertificate(place.authority, 'tls', '/CN=keda', ['DNS:localhost', 'IP:127.0.0.1', 'DNS:keda-operator']); // prettier-ignore
  const healthPort = await freePort();
  await place.run({
    name: 'keda-operator',
    env: {
      WATCH_NAMESPACE: '',
      POD_NAMESPACE: namespace,
      OPERATOR_NAME: 'keda-operator',
      KEDA_CLUSTER_OBJECT_NAMESPACE: namespace,
    },
    args: [
      `--kubeconfig=${kubeconfig}`,
      // It looks here for tls.crt, tls.key and ca.crt.
      `--cert-dir=${join(serving.cert, '..')}`,
      `--ca-dir=${join(serving.cert, '..')}`,
      '--enable-cert-rotation=false',
      '--metrics-bind-address=0',
      `--health-probe-bind-address=127.0.0.1:${healthPort}`,
      `--metrics-service-bind-address=127.0.0.1:${metricsPort}`,
    ],
    ready: () => expectOk(`http://127.0.0.1:${healthPort}/readyz`),
  });
}

async function startAdapter(
  place: ClusterPlace,
  api: KubeHttp,
  { kubeconfig, metricsPort, adapterPort }: { kubeconfig: string; metricsPort: number; adapterPort: number },
): Promise<void> {
  const folder = join(place.authority.cert, '..');
  await place.run({
    name: 'keda-adapter',
    env: { WATCH_NAMESPACE: '', POD_NAMESPACE: namespace, KEDA_CLUSTER_OBJECT_NAMESPACE: namespace },
    args: [
      `--secure-port=${adapterPort}`,
      `--port=${await freePort()}`,
      '--bind-address=127.0.0.1',
      ...['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig', 'lister-kubeconfig'].map((flag) => `--${flag}=${kubeconfig}`), // prettier-ignore
      `--client-ca-file=${place.authority.cert}`,
      `--tls-cert-file=${join(folder, 'tls.crt')}`,
      `--tls-private-key-file=${join(folder, 'tls.key')}`,
      `--cert-dir=${folder}`,
      `--metrics-service-address=localhost:${metricsPort}`,
    ],
    ready: () => api.get('/apis/external.metrics.k8s.io/v1beta1'),
  });
}

async function expectOk(url: string): Promise<void> {
  const { ok, status } = await fetch(url);
  if (!ok) throw new Error(`${url} answers ${status}`);
}
