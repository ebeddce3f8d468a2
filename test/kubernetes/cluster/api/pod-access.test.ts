import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kubeClient } from '../../../../src/kubernetes/cluster/api/kube-client.ts';
import type { KubeClient } from '../../../../src/kubernetes/cluster/api/kube-client.ts';
import { podAccess } from '../../../../src/kubernetes/cluster/api/pod-access.ts';
import { systemClock } from '../../../../src/program/system-clock.ts';
import { authority, otherAuthority, serverA } from '../../../support/certificates.ts';
import type { FaultyServer } from '../../../support/faulty-server.ts';
import { startKubeApi } from '../../../support/kube-api.ts';
import type { KubeApiStandIn } from '../../../support/kube-api.ts';
import { writeServiceAccount } from '../../../support/service-account.ts';
import { startTlsFront } from '../../../support/tls-front.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pilotlight-'));
  writeServiceAccount(folder, 'first-token');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('is no access where no token is mounted', () => {
  expect(podAccess('https://10.96.0.1', join(folder, 'elsewhere'))).toBeUndefined();
});

describe('a client with the access of a pod', () => {
  let api: KubeApiStandIn;
  let front: FaultyServer;
  let client: KubeClient;

  beforeEach(async () => {
    api = await startKubeApi();
    api.token = 'first-token';
    front = await startTlsFront({ targetPort: Number(new URL(api.url).port), pair: serverA });
    const access = podAccess(`https://127.0.0.1:${front.port}`, folder);
    if (!access) throw new Error('there is an access');
    client = kubeClient(access, systemClock);
  });
  afterEach(async () => {
    client.close();
    await front.stop();
    await api.close();
  });

  const ask = (): Promise<unknown> => client.get('/api/v1/pods');

  it('is let in, by the token that stands in the file now', async () => {
    await expect(ask()).resolves.toMatchObject({ kind: 'PodList' });
    api.token = 'second-token';
    await expect(ask()).rejects.toThrow(/\/api\/v1\/pods.*401/);
    writeFileSync(join(folder, 'token'), 'second-token');
    await expect(ask()).resolves.toMatchObject({ kind: 'PodList' });
  });

  it('trusts the authority that is in the file, and no other', async () => {
    writeFileSync(join(folder, 'ca.crt'), otherAuthority);
    await expect(ask()).rejects.toThrow(/certificate/);
    writeFileSync(join(folder, 'ca.crt'), authority);
    await expect(ask()).resolves.toMatchObject({ kind: 'PodList' });
  });

  it('says which file is gone, and no token', async () => {
    rmSync(join(folder, 'ca.crt'));
    await expect(ask()).rejects.toThrow(
      `/api/v1/pods: no "${join(folder, 'ca.crt')}" (ENOENT): let the pod mount its service account's token, or see --service-account-path`,
    );
  });
});
