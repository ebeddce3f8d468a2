import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../src/program/child.ts';
import { makeCertificate, makeSigningKeys } from './certificates.ts';
import type { PairFiles } from './certificates.ts';
import { KubeHttp } from './kube-http.ts';
import type { ServerSetting } from './server-process.ts';

/** Where a cluster is made. */
export interface ClusterPlace {
  /** Where everything that is written goes. */
  readonly folder: string;
  readonly authority: PairFiles;
  /** Starts a server of the cluster, and waits until it is ready. */
  readonly run: (server: ServerSetting) => Promise<void>;
}

/** A running API server. */
export interface ControlPlane {
  /** Path of a kubeconfig of the cluster's administrator. */
  readonly kubeconfig: string;
  /** `http://127.0.0.1:PORT` of etcd, without TLS. */
  readonly etcdUrl: string;
}

/** Those that make pods of Deployments and StatefulSets, scale them, and clean up. Nobody schedules and nobody runs pods. */
const controllers = [
  'deployment-controller',
  'replicaset-controller',
  'statefulset-controller',
  'horizontal-pod-autoscaler-controller',
  'garbage-collector-controller',
  'namespace-controller',
  'serviceaccount-controller',
];
const loopback = ['DNS:localhost', 'IP:127.0.0.1'];

/** Starts etcd, the API server and the controllers on free ports of the loopback. Rejects where one does not come up. */
export async function startControlPlane(place: ClusterPlace): Promise<ControlPlane> {
  const etcdUrl = `http://127.0.0.1:${await freePort()}`;
  await startEtcd(place, etcdUrl);
  const kubeconfig = await startApiServer(place, etcdUrl);
  await place.run({
    name: 'kube-controller-manager',
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--controllers=${controllers.join(',')}`,
      '--horizontal-pod-autoscaler-sync-period=5s',
      '--leader-elect=false',
      '--secure-port=0',
    ],
    ready: () => Promise.resolve(),
  });
  return { kubeconfig, etcdUrl };
}

async function startEtcd({ folder, run }: ClusterPlace, url: string): Promise<void> {
  const peerUrl = `http://127.0.0.1:${await freePort()}`;
  await run({
    name: 'etcd',
    args: [
      `--data-dir=${join(folder, 'etcd')}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
      // Nothing here has to outlive the machine.
      '--unsafe-no-fsync',
    ],
    ready: () => fetch(`${url}/health`),
  });
}

/** Answers the path of its administrator's kubeconfig. */
async function startApiServer(place: ClusterPlace, etcdUrl: string): Promise<string> {
  const { authority, folder } = place;
  const port = await freePort();
  const serving = makeCertificate(authority, 'apiserver', '/CN=kube-apiserver', ['DNS:kubernetes', 'IP:10.0.0.1', ...loopback]); // prettier-ignore
  const proxy = makeCertificate(authority, 'proxy', '/CN=front-proxy-client', ['DNS:front-proxy']);
  const tokens = makeSigningKeys(folder);
  const kubeconfig = writeKubeconfig(place, port);
  await place.run({
    name: 'kube-apiserver',
    args: [
      `--etcd-servers=${etcdUrl}`,
      `--secure-port=${port}`,
      '--bind-address=127.0.0.1',
      `--tls-cert-file=${serving.cert}`,
      `--tls-private-key-file=${serving.key}`,
      `--client-ca-file=${authority.cert}`,
      `--service-account-key-file=${tokens.publicKey}`,
      `--service-account-signing-key-file=${tokens.key}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      '--service-cluster-ip-range=10.0.0.0/24',
      '--authorization-mode=RBAC',
      // Pods here have no use for a token, and would wait for one.
      '--disable-admission-plugins=ServiceAccount',
      `--requestheader-client-ca-file=${authority.cert}`,
      '--requestheader-allowed-names=front-proxy-client',
      '--requestheader-username-headers=X-Remote-User',
      '--requestheader-group-headers=X-Remote-Group',
      '--requestheader-extra-headers-prefix=X-Remote-Extra-',
      `--proxy-client-cert-file=${proxy.cert}`,
      `--proxy-client-key-file=${proxy.key}`,
    ],
    ready: () => new KubeHttp(kubeconfig).get('/api/v1/namespaces/default'),
  });
  return kubeconfig;
}

function writeKubeconfig({ authority, folder }: ClusterPlace, port: number): string {
  const admin = makeCertificate(authority, 'admin', '/O=system:masters/CN=admin', ['DNS:admin']);
  const path = join(folder, 'kubeconfig');
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'local', cluster: { server: `https://127.0.0.1:${port}`, 'certificate-authority': authority.cert } },
    ],
    users: [{ name: 'admin', user: { 'client-certificate': admin.cert, 'client-key': admin.key } }],
    contexts: [{ name: 'local', context: { cluster: 'local', user: 'admin' } }],
    'current-context': 'local',
  };
  // JSON is YAML.
  writeFileSync(path, JSON.stringify(document));
  return path;
}
