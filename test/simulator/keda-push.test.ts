import { describe, expect, it, vi } from 'vitest';
import type { ScaledObject } from '../../src/simulator/scaled-object.ts';
import { KedaScene } from '../support/keda-scene.ts';
import type { Method } from '../support/scaler-stand-in.ts';

const poll: Method[] = ['GetMetricSpec', 'GetMetrics', 'IsActive'];

/** A scene at `replicas` with the activity stream open, the first poll over, and the metric's name known. */
async function startPush(replicas: number, overrides: Partial<ScaledObject> = {}): Promise<KedaScene> {
  const scene = await KedaScene.start({ replicas, scaledObject: { triggerType: 'external-push', ...overrides } });
  await scene.hears('GetMetricSpec', ...poll);
  await scene.opens('StreamIsActive', 1);
  await scene.clock.advance(100);
  return scene;
}

/** Waits until all that was pushed has been heard: the end of a stream comes after what it said. */
async function endStream(scene: KedaScene): Promise<void> {
  scene.scaler.endStreams('StreamIsActive', 'cleanly');
  await scene.hears('StreamIsActive');
}

describe('StreamIsActive', () => {
  it('wakes what is at zero as soon as it says true', async () => {
    const scene = await startPush(0);
    scene.scaler.push(true);
    await endStream(scene);
    expect(scene.scalings).toEqual(['0 → 1 by keda: trigger is active (pushed)']);
  });

  it('wakes to minReplicaCount', async () => {
    const scene = await startPush(0, { idleReplicaCount: 0, minReplicaCount: 3 });
    scene.scaler.push(true);
    await endStream(scene);
    expect(scene.replicas).toBe(3);
  });

  it('puts nothing to sleep when it says false, and wakes nothing', async () => {
    const scene = await startPush(0, { cooldownPeriodMs: 0 });
    scene.scaler.push(false);
    await endStream(scene);
    expect(scene.replicas).toBe(0);
    scene.replicas = 2;
    await scene.clock.advance(2_000);
    await scene.opens('StreamIsActive', 2);
    scene.scaler.push(false);
    await endStream(scene);
    expect(scene.scalings).toEqual([]);
  });

  it('loses a true that comes before the metric is known', async () => {
    const scene = await KedaScene.start({ replicas: 0, scaledObject: { triggerType: 'external-push' } });
    await scene.hears('GetMetricSpec', ...poll);
    await scene.opens('StreamIsActive', 1);
    await scene.clock.advance(99);
    scene.scaler.push(true);
    await endStream(scene);
    expect(scene.replicas).toBe(0);
  });

  it('lets the cooldown start over', async () => {
    const quick = { cooldownPeriodMs: 60_000, hpaSyncIntervalMs: 3_600_000 };
    const scene = await startPush(0, quick);
    scene.scaler.push(true);
    await endStream(scene);
    for (let polls = 0; polls < 3; polls += 1) {
      expect(scene.replicas).toBe(1);
      await scene.clock.advance(30_000);
      await scene.hears(...poll);
    }
    expect(scene.scalings.at(-1)).toBe('1 → 0 by keda: trigger inactive for 1m30s (polled)');
  });

  it('is opened again after 2 s, longer after each error, and after 2 s again once it has ended cleanly', async () => {
    const scene = await startPush(0, { pollingIntervalMs: 3_600_000 });
    let opened = 1;
    for (const [how, waitMs] of [
      ['with an error', 2_000],
      ['with an error', 4_000],
      ['cleanly', 2_000],
      ['with an error', 4_000],
    ] as const) {
      scene.scaler.endStreams('StreamIsActive', how);
      await scene.hears('StreamIsActive');
      await scene.clock.advance(waitMs - 1);
      await scene.opens('StreamIsActive', opened);
      await scene.clock.advance(1);
      opened += 1;
      await scene.opens('StreamIsActive', opened);
    }
    expect(scene.errors).toEqual(Array(3).fill('14 UNAVAILABLE: no decision'));
  });

  it('is not opened for an external trigger', async () => {
    const scene = await KedaScene.start({ replicas: 0 });
    await scene.hears('GetMetricSpec', ...poll);
    await scene.clock.advance(30_000);
    await scene.hears(...poll);
    await scene.opens('StreamIsActive', 0);
  });
});

describe('StreamMetricSpec', () => {
  async function startStreaming(before?: (scene: KedaScene['scaler']) => void): Promise<KedaScene> {
    const scene = await KedaScene.start({
      scaledObject: { triggerType: 'external-push', hpaSyncIntervalMs: 40_000 },
      streamsMetricSpec: true,
      before: (scaler) => {
        scaler.active = true;
        scaler.values = [{ metricValueFloat: 12 }];
        before?.(scaler);
      },
    });
    await scene.opens('StreamIsActive', 1);
    await scene.opens('StreamMetricSpec', 1);
    return scene;
  }

  it('stands in for GetMetricSpec, and gives the HPA a new target', async () => {
    const scene = await startStreaming();
    await scene.hears('GetMetricSpec', ...poll);
    scene.scaler.pushSpec({ metricName: 'required-replicas', targetSizeFloat: 4 });
    scene.scaler.endStreams('StreamMetricSpec', 'cleanly');
    await scene.hears('StreamMetricSpec');
    await scene.clock.advance(30_000);
    await scene.hears('GetMetrics', 'IsActive');
    await scene.clock.advance(10_000);
    await scene.hears('GetMetrics', 'IsActive');
    expect(scene.scalings).toEqual(['1 → 3 by hpa: DesiredWithinRange, metric 12, target 4']);
  });

  it('stands in no longer once the scaler has failed', async () => {
    const scene = await startStreaming();
    await scene.hears('GetMetricSpec', ...poll);
    scene.scaler.pushSpec({ metricName: 'required-replicas', targetSizeFloat: 4 });
    scene.scaler.endStreams('StreamMetricSpec', 'cleanly');
    await scene.hears('StreamMetricSpec');
    scene.scaler.fail('GetMetrics', 2);
    await scene.clock.advance(30_000);
    await scene.hears('GetMetrics', 'GetMetrics');
    await scene.clock.advance(10_000);
    await scene.hears(...poll);
  });

  it('is not asked for again where the scaler does not implement it', async () => {
    const scene = await startStreaming((scaler) => (scaler.implementsMetricSpecStream = false));
    await vi.waitFor(() => expect(scene.errors).toEqual(['12 UNIMPLEMENTED: unknown method StreamMetricSpec']));
    await scene.opens('IsActive', 1);
    await scene.clock.advance(30_000);
    // What would have been opened meanwhile has been heard before this.
    await scene.opens('IsActive', 2);
    await scene.opens('StreamMetricSpec', 1);
  });

  it('is not opened where KEDA is older', async () => {
    const scene = await startPush(0);
    await scene.opens('StreamMetricSpec', 0);
  });
});
