import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { KedaClient } from '../support/keda-client.ts';
import type { Trigger } from '../support/keda-client.ts';
import { startScalerProcess } from '../support/scaler-process.ts';

const workloads = `
workloads:
  - { namespace: search, name: llama, target: Deployment/llama, replicas: 2, pods: [] }
  - { namespace: ads, name: phi, target: Deployment/phi, replicas: 2, pods: [] }
  - { namespace: ads, name: asleep, target: Deployment/asleep, replicas: 0, pods: [] }
`;
const metadata = { scalerAddress: 'scaler:6000', queueFrom: 'backlog', queueQuery: '/waiting', queueTarget: '2' };
const owner: Trigger = { namespace: 'search', name: 'llama', metadata };
const stranger: Trigger = { namespace: 'ads', name: 'phi', metadata };

it("another tenant's connection is told of to the one who asked for it, and nothing else is affected", async (test) => {
  const paths: string[] = [];
  const backlog = createServer((request, response) => {
    paths.push(request.url ?? '');
    response.end('{"waiting": 6}');
  });
  await new Promise<void>((resolve) => backlog.listen(0, '127.0.0.1', resolve));
  test.onTestFinished(() => {
    backlog.closeAllConnections();
    backlog.close();
  });
  const { port } = backlog.address() as AddressInfo;
  const file = join(mkdtempSync(join(tmpdir(), 'pilotlight-connections-')), 'connections.yaml');
  writeFileSync(
    file,
    `connections: { backlog: { type: http-json, url: "http://127.0.0.1:${port}", namespaces: [search] } }`,
  );
  const scaler = await startScalerProcess(test, workloads, ['--connections', file, '--read-interval', '50ms']);
  const keda = new KedaClient(scaler.grpcAddress);
  test.onTestFinished(() => keda.close());

  const reason = `connection "backlog" may not be used from namespace "ads"; its "namespaces" in the scaler's connections say from where`;
  await expect.poll(() => keda.poll(owner), { timeout: 20_000 }).toMatchObject({ value: 3 });
  const readsOfOwner = paths.length;
  // Whoever runs keeps the replicas, with the reason; whoever is at zero gets no answer that could be a guess.
  await expect.poll(() => keda.poll(stranger), { timeout: 20_000 }).toMatchObject({ value: 2, active: true });
  await expect(keda.poll({ ...stranger, name: 'asleep' })).rejects.toMatchObject({ code: 'UNAVAILABLE', details: expect.stringContaining(reason) as string }); // prettier-ignore

  const shown = await (await fetch(`${scaler.httpAddress}/api/decisions/ads/phi`)).text();
  expect(JSON.parse(shown)).toMatchObject({
    triggers: [{ rule: 'hold', hold: expect.stringContaining(reason) as string }],
  });
  expect(shown).not.toContain(String(port));
  const told = scaler.logs.filter(({ msg }) => msg === 'signals can not be read');
  expect(told.map(({ scaledobject }) => scaledobject).sort()).toEqual(['ads/asleep', 'ads/phi']);
  expect(told[0]).toMatchObject({ level: 'warn', reason });

  await expect.poll(() => paths.length, { timeout: 20_000 }).toBeGreaterThan(readsOfOwner);
  expect(await keda.poll(owner)).toMatchObject({ value: 3, active: true });
  expect(new Set(paths)).toEqual(new Set(['/']));
});
