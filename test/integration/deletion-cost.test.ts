import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { TestContext } from 'vitest';
import { serverA } from '../support/certificates.ts';
import { KedaClient } from '../support/keda-client.ts';
import type { Trigger } from '../support/keda-client.ts';
import { startKubeApi } from '../support/kube-api.ts';
import type { KubeApiStandIn } from '../support/kube-api.ts';
import { deployment, kubePod, scaledObject } from '../support/kube-objects.ts';
import { startScalerProcess } from '../support/scaler-process.ts';
import { writeServiceAccount } from '../support/service-account.ts';
import { startTlsFront } from '../support/tls-front.ts';

const cost = 'controller.kubernetes.io/pod-deletion-cost';
const patience = { timeout: 30_000 };
/** Requests that run in each pod, by its address; together they need two of the three. */
const running: Readonly<Record<string, number>> = { '127.0.0.2': 9, '127.0.0.3': 1, '127.0.0.4': 5 };

interface Case {
  readonly does: string;
  readonly flags: readonly string[];
  readonly expected: Readonly<Record<string, string>>;
}

it.for<Case>([
  {
    does: 'gives the idlest pod a deletion cost before it has fewer replicas',
    flags: ['--pod-deletion-cost'],
    expected: { 'llama-3': '-1' },
  },
  { does: 'gives no pod one unless it is told to', flags: [], expected: {} },
])('a scaler $does', async ({ flags, expected }, test) => {
  const api = await startKubeApi();
  test.onTestFinished(() => api.close());
  api.apply(scaledObject('llama'), deployment('llama', 3), ...Object.keys(running).map(podAt));
  const keda = await startScaler(test, api, flags);
  const engines = await startEngines(test);
  const trigger = triggerOf(engines.port);
  await expect.poll(() => keda.poll(trigger).catch(() => undefined), patience).toMatchObject({ value: 15 / 8 });
  await expect.poll(() => costs(api), patience).toEqual(expected);

  // Ten more looks at all pods change nothing.
  const before = engines.reads();
  await expect.poll(() => engines.reads(), patience).toBeGreaterThan(before + 30);
  expect(costs(api)).toEqual(expected);
  const patches = api.requests.filter(({ method, path }) => method === 'PATCH' && path.includes('/pods/'));
  expect(patches).toHaveLength(Object.keys(expected).length);
});

/** llama-2 at 127.0.0.2, and so on. */
function podAt(address: string): ReturnType<typeof kubePod> {
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'llama-5d9c', controller: true }];
  const status = { phase: 'Running', podIP: address, conditions: [{ type: 'Ready', status: 'True' }] };
  return kubePod(`llama-${address.slice(-1)}`, 'llama', {
    metadata: { labels: { app: 'llama' }, ownerReferences },
    status,
  });
}

/** One server is the engine in all pods: each has an address of this machine. */
async function startEngines(test: TestContext): Promise<{ port: number; reads: () => number }> {
  let reads = 0;
  const server = createServer((request, response) => {
    reads += 1;
    const served = running[request.socket.localAddress ?? ''] ?? 0;
    response.end(`vllm:num_requests_running{model_name="m"} ${served}\nvllm:num_requests_waiting{model_name="m"} 0\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  test.onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, reads: () => reads };
}

/** Lets in only whoever has the token that is mounted into a pod, over TLS; answers the pod's environment. */
async function mountServiceAccount(test: TestContext, api: KubeApiStandIn, folder: string): Promise<NodeJS.ProcessEnv> {
  api.token = 'token-of-the-pod';
  writeServiceAccount(folder, api.token);
  const front = await startTlsFront({ targetPort: Number(new URL(api.url).port), pair: serverA });
  test.onTestFinished(() => front.stop());
  return { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(front.port) };
}

async function startScaler(test: TestContext, api: KubeApiStandIn, flags: readonly string[]): Promise<KedaClient> {
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-costs-'));
  test.onTestFinished(() => rmSync(folder, { recursive: true }));
  const args = ['--service-account-path', folder, '--read-interval', '200ms', ...flags];
  const scaler = await startScalerProcess(test, undefined, args, await mountServiceAccount(test, api, folder));
  const keda = new KedaClient(scaler.grpcAddress);
  test.onTestFinished(() => keda.close());
  return keda;
}

function triggerOf(enginePort: number): Trigger {
  const hours = { timezone: 'UTC', businessHours: 'daily 00:00-24:00 min=1' };
  const metadata = {
    scalerAddress: 'scaler:6000',
    engine: 'vllm',
    enginePort: String(enginePort),
    runningTarget: '8',
    ...hours,
  };
  return { namespace: 'inference', name: 'llama', metadata };
}

/** The deletion costs that stand, by pod. */
function costs(api: KubeApiStandIn): Record<string, string> {
  const pods = api.objects().filter(({ kind }) => kind === 'Pod');
  return Object.fromEntries(
    pods.flatMap(({ metadata }) => {
      const standing = (metadata['annotations'] as Record<string, string> | undefined)?.[cost];
      return standing === undefined ? [] : [[metadata.name, standing]];
    }),
  );
}
