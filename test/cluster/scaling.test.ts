import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patience } from './support/cluster.ts';
import { Scene } from './support/scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterAll(() => scene.close());

describe('a workload that the real KEDA scales', () => {
  it('is woken from zero by the push stream, for KEDA polls in ten minutes only', async () => {
    await scene.add('pushed', { spec: { pollingInterval: 600 } });
    // KEDA's first poll has to be over, and found nothing to do.
    await scene.untilAnswered('IsActive', 'OK', 1);
    expect(await scene.replicas('pushed')).toBe(0);

    scene.backlog.waiting = 1;
    await scene.untilReady('pushed', 1);
    scene.backlog.waiting = 0;
    await scene.release('pushed');
  });

  it('is scaled by the HPA to what the queue needs, up and down', async () => {
    await scene.add('llama');
    scene.backlog.waiting = 10;
    await scene.untilReady('llama', 5);
    scene.backlog.waiting = 4;
    await scene.untilReady('llama', 2);
  });

  it('has an HPA that the scaler watches', async () => {
    expect(await scene.hpa('llama')).toMatchObject({
      spec: { metrics: [{ type: 'External', external: { target: { type: 'AverageValue', averageValue: '1' } } }] },
    });
    await expect.poll(() => scene.explain('llama'), patience).toMatchObject({ workload: { hpa: { minReplicas: 1, maxReplicas: 8, currentReplicas: 2 } } }); // prettier-ignore
  });

  it('follows an override for as long as that stands', async () => {
    await scene.override(
      'llama',
      `min=4 until=${new Date(Date.now() + 3_600_000).toISOString().slice(0, 19)}Z reason=load test`,
    );
    await scene.untilReady('llama', 4);
    expect(await scene.explain('llama')).toMatchObject({ rule: 'override', override: { state: 'in force' } });
    await scene.override('llama', null);
    await scene.untilReady('llama', 2);
  });

  it('is held at its replicas while the queue can not be seen', async () => {
    scene.backlog.waiting = undefined;
    await expect.poll(() => scene.explain('llama'), patience).toMatchObject({ rule: 'hold' });
    await scene.untilAnswered('GetMetrics', 'OK', 6);
    expect(await scene.replicas('llama')).toBe(2);
  });

  it('goes to zero when there is no work', async () => {
    scene.backlog.waiting = 0;
    await scene.untilReplicas('llama', 0);
  });

  it('stays at zero, unavailable with a reason, while nothing tells whether to wake it', async () => {
    scene.backlog.waiting = undefined;
    await scene.untilAnswered('GetMetrics', 'UNAVAILABLE', 4);
    expect(await scene.replicas('llama')).toBe(0);
    const failed = expect.stringMatching(/^KEDAScalerFailed: .*nothing tells whether to wake/) as string;
    await expect.poll(() => scene.events('llama'), patience).toContainEqual(failed);
  });

  it('wakes again when the queue is back', async () => {
    scene.backlog.waiting = 3;
    await scene.untilReady('llama', 2);
  });

  it('has an event on its ScaledObject that tells what decides, though not more often than once a minute', async () => {
    const told = expect.stringMatching(/^ScalingOnLoad: 2 replicas: queue 3 /) as string;
    await expect.poll(() => scene.events('llama'), patience).toContainEqual(told);
  });
});
