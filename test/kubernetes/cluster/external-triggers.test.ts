import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listExternalTriggers } from '../../../src/kubernetes/cluster/external-triggers.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { startKubeApi } from '../../support/kube-api.ts';
import type { KubeApiStandIn } from '../../support/kube-api.ts';
import { scaledObject } from '../../support/kube-objects.ts';

describe('listExternalTriggers', () => {
  let api: KubeApiStandIn;
  const clock = new HandClock();
  const list = (namespaces: readonly string[] = []): Promise<unknown> =>
    listExternalTriggers({ api: api.access(), clock, limitMs: 5_000 }, namespaces);

  beforeEach(async () => {
    api = await startKubeApi();
    const triggers = [
      { type: 'external-push', metadata: { queueFrom: 'gateway' } },
      { type: 'cron', metadata: { start: '0 8 * * *' } },
      { type: 'external', metadata: { engine: 'vllm' } },
    ];
    api.apply(scaledObject('llama', { spec: { triggers } }));
    const elsewhere = [{ type: 'external', metadata: { engine: 'tgi' } }];
    api.apply(scaledObject('phi', { metadata: { namespace: 'other' }, spec: { triggers: elsewhere } }));
  });
  afterEach(() => api.close());

  it('tells the external triggers of all ScaledObjects', async () => {
    expect(await list()).toEqual([
      { ref: { namespace: 'inference', name: 'llama' }, metadata: { queueFrom: 'gateway' } },
      { ref: { namespace: 'inference', name: 'llama' }, metadata: { engine: 'vllm' } },
      { ref: { namespace: 'other', name: 'phi' }, metadata: { engine: 'tgi' } },
    ]);
  });

  it('asks for the namespaces that are served, where not all are', async () => {
    api.forbidden.push('/v1alpha1/scaledobjects');

    expect(await list(['other'])).toEqual([{ ref: { namespace: 'other', name: 'phi' }, metadata: { engine: 'tgi' } }]);
  });

  it('is not upset by ScaledObjects of another make', async () => {
    api.apply(scaledObject('odd', { spec: { triggers: 'none' } }));
    api.apply(scaledObject('odder', { spec: { triggers: [{ type: 'external', metadata: { queueTarget: 5 } }] } }));

    expect(await list()).toHaveLength(4);
  });

  it('gives up on a server that does not answer', async () => {
    api.holdUntil = new Promise(() => undefined);
    const listing = expect(list()).rejects.toThrow(/scaledobjects/);
    await clock.advance(5_000);

    await listing;
    expect(clock.pending).toBe(0);
  });

  it('rejects with what the API server says', async () => {
    api.forbidden.push('/scaledobjects');

    await expect(list()).rejects.toThrow(/403 .*is forbidden/);
  });
});
