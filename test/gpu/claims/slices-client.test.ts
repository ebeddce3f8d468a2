import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TestContext } from 'vitest';
import { ResourceSlicesClient } from '../../../src/gpu/claims/slices-client.ts';
import { slicesOf, startSlicesServer } from '../../support/slices-server.ts';
import type { SlicesServer } from '../../support/slices-server.ts';

/** A client of an API server that answers for the versions it serves. */
async function apiServer(
  test: TestContext,
  answer: Parameters<typeof startSlicesServer>[1],
): Promise<SlicesServer & { client: ResourceSlicesClient }> {
  const server = await startSlicesServer(test, answer);
  return {
    ...server,
    client: new ResourceSlicesClient({ url: server.url, serviceAccountPath: server.folder }, 'node-a'),
  };
}

const uuid = 'GPU-00000000-0000-0000-0000-000000000001';
const body = slicesOf({ 'gpu-0': uuid });
const never = new AbortController().signal;

describe('ResourceSlicesClient', () => {
  it('asks for the slices of its node and driver, with the token that stands in the file now', async (test) => {
    const { client, folder, asked } = await apiServer(test, () => ({ status: 200, body }));
    expect([...(await client.list(never))]).toEqual([['gpu-0', uuid]]);
    writeFileSync(join(folder, 'token'), 'second-token');
    await client.list(never);
    const path = `/apis/resource.k8s.io/v1/resourceslices?fieldSelector=${encodeURIComponent('spec.nodeName=node-a,spec.driver=gpu.nvidia.com')}`;
    expect(asked).toEqual([
      { path, authorization: 'Bearer first-token' },
      { path, authorization: 'Bearer second-token' },
    ]);
  });

  it.for(['v1', 'v1beta2', 'v1beta1'])(
    'finds that the server speaks %s, and asks for that from then on',
    async (served, test) => {
      const { client, asked } = await apiServer(test, (version) => (version === served ? { status: 200, body } : { status: 404 })); // prettier-ignore
      await client.list(never);
      const before = asked.length;
      expect((await client.list(never)).get('gpu-0')).toBe(uuid);
      expect(asked.slice(before).map(({ path }) => path.split('/')[3])).toEqual([served]);
    },
  );

  it.for([
    [401, "does not accept the service account's token (401)"],
    [403, 'does not let this service account list ResourceSlices (403): grant it the verb list on resourceslices of resource.k8s.io'], // prettier-ignore
    [404, 'serves no ResourceSlices of resource.k8s.io v1, v1beta2, v1beta1: does the cluster have dynamic resource allocation?'], // prettier-ignore
    [500, 'answered 500'],
  ] as const)('says what %i means', async ([status, words], test) => {
    const { client, url } = await apiServer(test, () => ({ status }));
    await expect(client.list(never)).rejects.toThrow(new Error(`the API server at ${url} ${words}`));
  });

  it('says that an answer is no list, and never shows the token', async (test) => {
    const { client, url } = await apiServer(test, () => ({ status: 200, body: 'first-token' }));
    await expect(client.list(never)).rejects.toThrow(new Error(`the API server at ${url} answered with no list of ResourceSlices`)); // prettier-ignore
  });

  it('says that there is no token, no trust and no server', async (test) => {
    const { client, url, folder } = await apiServer(test, () => ({ status: 200, body }));
    writeFileSync(join(folder, 'ca.crt'), '');
    await expect(client.list(never)).rejects.toThrow(`the API server at ${url} has a certificate that ca.crt does not vouch for`); // prettier-ignore
    rmSync(join(folder, 'token'));
    await expect(client.list(never)).rejects.toThrow(/^no ".*token" \(ENOENT\): let the pod mount its service account's token/); // prettier-ignore
    const nobody = new ResourceSlicesClient({ url: 'http://127.0.0.1:1', serviceAccountPath: folder }, 'node-a');
    await expect(nobody.list(never)).rejects.toThrow('the API server at http://127.0.0.1:1 refused the connection');
  });
});
