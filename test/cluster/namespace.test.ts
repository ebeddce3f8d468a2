import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { KedaClient } from '../support/keda-client.ts';
import type { Trigger } from '../support/keda-client.ts';
import { api, patience } from './support/cluster.ts';
import { Scene } from './support/scene.ts';

const metadata = { queueFrom: 'backlog', queueQuery: '/waiting', queueTarget: '2' };
let kept: Scene;
let doomed: Scene;

beforeAll(async () => {
  doomed = await Scene.open();
  kept = await Scene.open();
  await kept.add('llama', { spec: { pollingInterval: 600 } });
  await doomed.add('llama', { spec: { pollingInterval: 600 } });
});
afterAll(() => kept.close());

it('a namespace that is deleted while streaming ends in a clear answer, and nothing else is affected', async () => {
  const keda = new KedaClient(kept.scaler.grpcAddress);
  onTestFinished(() => keda.close());
  const [mine, theirs] = [kept, doomed].map(({ namespace }): Trigger => ({ namespace, name: 'llama', metadata }));
  if (!mine || !theirs) throw new Error('no triggers');
  const streams = [mine, theirs].map((trigger) => keda.streamActivity(trigger));
  await Promise.all(streams.map((stream) => stream.count(1)));

  await doomed.close();
  const namespace = (): Promise<unknown> =>
    api.get(`/api/v1/namespaces/${doomed.namespace}`).catch((error: unknown) => error);
  await expect.poll(namespace, patience).toEqual(expect.objectContaining({ status: 404 }));

  const answer = (): Promise<unknown> => keda.poll(theirs).catch((error: unknown) => error);
  const unavailable = { code: 'UNAVAILABLE', details: expect.stringContaining('not found') as string };
  await expect.poll(answer, patience).toMatchObject(unavailable);
  expect(await keda.poll(mine)).toMatchObject({ value: 0, active: false });
  kept.backlog.waiting = 1;
  await streams[0]?.count(2);
  expect(streams[0]?.received).toEqual([false, true]);
  expect(streams[1]?.received).toEqual([false]);
});
