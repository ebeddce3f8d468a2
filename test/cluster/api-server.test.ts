import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { ScaledObjectRef } from '../../src/domain/workload.ts';
import { kubeClient } from '../../src/kubernetes/cluster/api/kube-client.ts';
import { accessOf } from '../../src/kubernetes/cluster/api/kube-config.ts';
import { readWatchEvent } from '../../src/kubernetes/cluster/api/wire.ts';
import { clusterWorkloads } from '../../src/kubernetes/cluster/cluster-workloads.ts';
import type { WorkloadSource } from '../../src/kubernetes/workload-source.ts';
import { systemClock } from '../../src/program/system-clock.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { api, patience } from './support/cluster.ts';
import { askEtcd, isOurOwn, restartApiServer } from './support/own-cluster.ts';
import { Scene } from './support/scene.ts';

const logger = createLogger('test', 'silent');
const never = new AbortController().signal;
let scene: Scene;

// Only a cluster of our own may be broken.
describe.runIf(isOurOwn)('when the API server', () => {
  beforeAll(async () => {
    scene = await Scene.open();
    await scene.add('llama');
    scene.backlog.waiting = 2;
    await scene.untilReady('llama', 1);
  });
  afterAll(() => scene.close());

  it('restarts and has forgotten its history, the scaler decides on, lists anew and scales', async () => {
    const before = await listedVersion();
    await restartApiServer(async (etcdUrl) => {
      scene.backlog.waiting = 6;
      await expect.poll(() => scene.explain('llama'), patience).toMatchObject({ state: 'decided', required: 3 });
      await forgetHistory(etcdUrl);
    });
    await scene.untilReady('llama', 3);

    expect(await watchFrom(before)).toContainEqual(expect.stringMatching(/^ERROR .*"code":410/));
    await expect.poll(() => scene.explain('llama'), patience).toMatchObject({ workload: { replicas: 3, readyReplicas: 3 } }); // prettier-ignore
    expect(scene.scaler.logs.filter(({ reason }) => String(reason).includes('too old'))).toEqual([]);
  });

  it('sends bookmarks, they are read as such', async () => {
    const events = await watchFrom(await listedVersion());

    expect(events.filter((event) => event.startsWith('BOOKMARK'))).not.toEqual([]);
  });

  it('does not know the token any more, workloads are followed again once the file has another', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pilotlight-token-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, await tokenOf('first'));
    const early = workloadsBy(tokenFile);
    await expect.poll(() => early.lookup(llama()), patience).toMatchObject({ workload: { replicas: 3 } });

    await api.remove(`/api/v1/namespaces/${scene.namespace}/serviceaccounts/first`);
    // Watches that are open stay so; the restart ends them.
    await restartApiServer(() => Promise.resolve());
    const late = workloadsBy(tokenFile);
    const refused = { state: 'unknown', reason: expect.stringContaining('401') as string };
    await expect.poll(() => late.lookup(llama()), patience).toMatchObject(refused);
    expect(early.lookup(llama())).toMatchObject({ state: 'known', workload: { replicas: 3 } });

    writeFileSync(tokenFile, await tokenOf('second'));
    await scene.change('llama', { spec: { maxReplicaCount: 7 } });
    // The file is read again once a minute, and those who were refused wait before they ask again.
    const longer = { ...patience, timeout: 240_000 };
    for (const source of [early, late]) {
      await expect.poll(() => source.lookup(llama()), longer).toMatchObject({ workload: { maxReplicas: 7 } });
    }
  });
});

function llama(): ScaledObjectRef {
  return { namespace: scene.namespace, name: 'llama' };
}

/** The workload as one sees it who is let in by the token in this file. */
function workloadsBy(tokenFile: string): WorkloadSource {
  const source = clusterWorkloads({ api: accessOf(withTokenFile(tokenFile)), clock: systemClock, logger });
  onTestFinished(() => source.close());
  source.watch(llama());
  return source;
}

/** The version of the namespace's pods as they are now. */
async function listedVersion(): Promise<string> {
  const list = await api.get<{ metadata: { resourceVersion: string } }>(`/api/v1/namespaces/${scene.namespace}/pods`);
  return list.metadata.resourceVersion;
}

/** What a watch of ten seconds from this version tells, as `TYPE OBJECT`. */
async function watchFrom(resourceVersion: string): Promise<string[]> {
  const client = kubeClient(accessOf(api.config), systemClock);
  onTestFinished(() => client.close());
  const path = `/api/v1/namespaces/${scene.namespace}/pods`;
  const query = { resourceVersion, allowWatchBookmarks: 'true', timeoutSeconds: '10' };
  const events: string[] = [];
  const onLine = (line: string): void => {
    const { type = 'none', object } = readWatchEvent(line) ?? {};
    events.push(`${type} ${JSON.stringify(object)}`);
  };
  await client.watch(path, query, { signal: never, silenceLimitMs: 60_000, onOpen: () => undefined, onLine });
  return events;
}

/** Moves etcd on and compacts it, so that nobody can continue from where the API server ended. */
async function forgetHistory(etcdUrl: string): Promise<void> {
  const [key, value] = ['pilotlight-test', 'x'].map((text) => Buffer.from(text).toString('base64'));
  const { header } = await askEtcd(etcdUrl, 'put', { key, value });
  await askEtcd(etcdUrl, 'compaction', { revision: header.revision, physical: true });
}

/** A token of a new service account that may do anything in the namespace. */
async function tokenOf(name: string): Promise<string> {
  const { namespace } = scene;
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  await api.create(accounts, { metadata: { name } });
  await api.create(`/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`, {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  });
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3_600 } };
  return (await api.create<{ status: { token: string } }>(`${accounts}/${name}/token`, request)).status.token;
}

function withTokenFile(tokenFile: string): KubeConfig {
  const cluster = api.config.getCurrentCluster();
  if (!cluster) throw new Error('the kubeconfig names no current cluster');
  const config = new KubeConfig();
  config.loadFromClusterAndUser(cluster, {
    name: 'scaler',
    authProvider: { name: 'tokenFile', config: { tokenFile } },
  });
  return config;
}
