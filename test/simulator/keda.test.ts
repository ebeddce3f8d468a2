import { describe, expect, it } from 'vitest';
import { KedaScene } from '../support/keda-scene.ts';
import type { Method } from '../support/scaler-stand-in.ts';

const poll: Method[] = ['GetMetricSpec', 'GetMetrics', 'IsActive'];
const unavailable = '14 UNAVAILABLE: no decision';

describe('a poll', () => {
  it('asks for the metric, its value and the activity, in this order, at once and then every 30 s', async () => {
    const scene = await KedaScene.start({ replicas: 0 });
    await scene.hears('GetMetricSpec', ...poll);
    await scene.clock.advance(29_999);
    expect(scene.scaler.calls).toHaveLength(4);
    await scene.clock.advance(1);
    await scene.hears(...poll);
    expect(scene.errors).toEqual([]);
  });

  it('hands over the metadata as it was written, and the metric that the scaler named', async () => {
    const scene = await KedaScene.start();
    await scene.hears('GetMetricSpec', ...poll);
    expect(scene.scaler.lastRef).toEqual({
      namespace: 'inference',
      name: 'llama',
      scalerMetadata: { scalerAddress: 'scaler:6000', queueTarget: '5' },
    });
    expect(scene.scaler.lastMetricName).toBe('required-replicas');
  });

  it('wakes what is at zero once the trigger is active', async () => {
    const scene = await KedaScene.start({ replicas: 0 });
    await scene.hears('GetMetricSpec', ...poll);
    scene.scaler.active = true;
    await scene.clock.advance(30_000);
    await scene.hears(...poll);
    expect(scene.scalings).toEqual(['0 → 1 by keda: trigger is active (polled)']);
  });

  it('puts to sleep what has been inactive for longer than the cooldown', async () => {
    const scene = await KedaScene.start({
      scaledObject: { cooldownPeriodMs: 60_000, hpaSyncIntervalMs: 3_600_000 },
      before: (scaler) => (scaler.active = true),
    });
    await scene.hears('GetMetricSpec', ...poll);
    scene.scaler.active = false;
    for (let polls = 0; polls < 3; polls += 1) {
      expect(scene.replicas).toBe(1);
      await scene.clock.advance(30_000);
      await scene.hears(...poll);
    }
    expect(scene.scalings).toEqual(['1 → 0 by keda: trigger inactive for 1m30s (polled)']);
  });
});

describe('a scaler that fails', () => {
  it.each<[Method, Method[]]>([
    ['GetMetricSpec', ['GetMetricSpec', 'GetMetricSpec', 'GetMetrics', 'IsActive']],
    ['GetMetrics', ['GetMetricSpec', 'GetMetrics', 'GetMetrics', 'IsActive']],
    ['IsActive', ['GetMetricSpec', 'GetMetrics', 'IsActive', 'GetMetrics', 'IsActive']],
  ])('in %s is asked again at once', async (method, calls) => {
    const scene = await KedaScene.start({ replicas: 0 });
    await scene.hears('GetMetricSpec', ...poll);
    scene.scaler.active = true;
    scene.scaler.fail(method, 1);
    await scene.clock.advance(30_000);
    await scene.hears(...calls);
    expect(scene.errors).toEqual([unavailable]);
    expect(scene.replicas).toBe(1);
  });

  it.each<[Method, Method[]]>([
    ['GetMetricSpec', ['GetMetricSpec', 'GetMetricSpec']],
    ['GetMetrics', ['GetMetricSpec', 'GetMetrics', 'GetMetrics']],
    ['IsActive', ['GetMetricSpec', 'GetMetrics', 'IsActive', 'GetMetrics', 'IsActive']],
  ])('in %s twice is left alone until the next poll, and nothing is scaled', async (method, calls) => {
    const scene = await KedaScene.start({ replicas: 0 });
    await scene.hears('GetMetricSpec', ...poll);
    scene.scaler.active = true;
    scene.scaler.fail(method, 2);
    await scene.clock.advance(30_000);
    await scene.hears(...calls);
    expect(scene.scalings).toEqual([]);
    await scene.clock.advance(30_000);
    await scene.hears(...poll);
    expect(scene.replicas).toBe(1);
  });

  it('keeps what is awake, however long it fails', async () => {
    const scene = await KedaScene.start({
      scaledObject: { cooldownPeriodMs: 1_000, hpaSyncIntervalMs: 3_600_000 },
      before: (scaler) => (scaler.active = true),
    });
    await scene.hears('GetMetricSpec', ...poll);
    scene.scaler.active = false;
    scene.scaler.fail('GetMetrics', 1_000);
    for (let polls = 0; polls < 3; polls += 1) {
      await scene.clock.advance(30_000);
      await scene.hears('GetMetricSpec', 'GetMetrics', 'GetMetrics');
    }
    expect(scene.replicas).toBe(1);
  });

  it('from the start has no HPA and no polls until it names a metric: again after 5 ms, 10 ms, 20 ms', async () => {
    const scene = await KedaScene.start({ replicas: 0, before: (scaler) => scaler.fail('GetMetricSpec', 3) });
    for (const retryMs of [5, 10, 20]) {
      await scene.hears('GetMetricSpec');
      await scene.clock.advance(retryMs - 1);
      expect(scene.clock.pending).toBe(1);
      await scene.clock.advance(1);
    }
    await scene.hears('GetMetricSpec', ...poll);
  });

  it.each([
    ['names no metric', []],
    ['names a target of zero', [{ metricName: 'required-replicas', targetSizeFloat: 0 }]],
    ['names a target below zero', [{ metricName: 'required-replicas', targetSize: -5 }]],
  ])('is asked again where it %s', async (_, specs) => {
    const scene = await KedaScene.start({ before: (scaler) => (scaler.specs = specs) });
    await scene.hears('GetMetricSpec');
    scene.scaler.specs = [{ metricName: 'required-replicas', targetSizeFloat: 1 }];
    await scene.clock.advance(5);
    await scene.hears('GetMetricSpec', ...poll);
  });
});

describe('an HPA sync', () => {
  it('asks every 15 s, also between polls, and scales out and in between 1 and the maximum', async () => {
    const scene = await KedaScene.start({ before: (scaler) => (scaler.active = true) });
    await scene.hears('GetMetricSpec', ...poll);
    scene.scaler.values = [{ metricValueFloat: 2.4 }];
    await scene.clock.advance(15_000);
    await scene.hears(...poll);
    expect(scene.scalings).toEqual(['1 → 3 by hpa: DesiredWithinRange, metric 2.4, target 1']);
  });

  it('asks for nothing at zero', async () => {
    const scene = await KedaScene.start({ replicas: 0 });
    await scene.hears('GetMetricSpec', ...poll);
    await scene.clock.advance(15_000);
    await scene.clock.advance(15_000);
    await scene.hears(...poll);
    expect(scene.replicas).toBe(0);
  });

  it.each([
    ['the sum', [{ metricValueFloat: 1.5 }, { metricValueFloat: 1 }], '1.5 + 1', 3],
    ['the float field, where both are there', [{ metricValue: 4, metricValueFloat: 2 }], '2', 2],
    ['the integer, where the float field is 0', [{ metricValue: 4, metricValueFloat: 0 }], '4', 4],
    ['three decimals', [{ metricValueFloat: 2.000_4 }], '2', 2],
  ])('takes %s', async (...[, values, metric, wanted]) => {
    const scene = await KedaScene.start({ before: (scaler) => (scaler.active = true) });
    await scene.hears('GetMetricSpec', ...poll);
    scene.scaler.values = values;
    await scene.clock.advance(15_000);
    await scene.hears(...poll);
    expect(scene.scalings).toEqual([`1 → ${wanted} by hpa: DesiredWithinRange, metric ${metric}, target 1`]);
  });

  it.each<[string, Partial<Pick<KedaScene['scaler'], 'values'>>, Method[]]>([
    ['no value', { values: [] }, poll],
    ['an error', {}, ['GetMetricSpec', 'GetMetrics', 'GetMetrics']],
  ])('keeps the replicas at %s', async (_, { values }, calls) => {
    const scene = await KedaScene.start({ replicas: 5, before: (scaler) => (scaler.active = true) });
    await scene.hears('GetMetricSpec', ...poll);
    if (values) scene.scaler.values = values;
    else scene.scaler.fail('GetMetrics', 2);
    await scene.clock.advance(15_000);
    await scene.hears(...calls);
    expect(scene.scalings).toEqual([]);
  });

  it('keeps the replicas where the scaler has come to name another metric', async () => {
    const scene = await KedaScene.start({ replicas: 5, before: (scaler) => (scaler.active = true) });
    await scene.hears('GetMetricSpec', ...poll);
    scene.scaler.specs = [{ metricName: 'queue-length', targetSizeFloat: 1 }];
    await scene.clock.advance(15_000);
    await scene.hears('GetMetricSpec');
    expect(scene.replicas).toBe(5);
  });

  it('keeps to minReplicaCount, maxReplicaCount and the behavior', async () => {
    const behavior = { scaleUp: { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] } } as const;
    const scene = await KedaScene.start({
      replicas: 2,
      scaledObject: { minReplicaCount: 2, maxReplicaCount: 9, behavior },
      before: (scaler) => (scaler.values = [{ metricValueFloat: 20 }]),
    });
    await scene.hears('GetMetricSpec', ...poll);
    await scene.clock.advance(15_000);
    await scene.hears(...poll);
    expect(scene.scalings).toEqual(['2 → 3 by hpa: ScaleUpLimit, metric 20, target 1']);
  });
});

describe('stop', () => {
  it('ends all calls and timers, and is no news', async () => {
    const scene = await KedaScene.start({ scaledObject: { triggerType: 'external-push' }, streamsMetricSpec: true });
    await scene.opens('StreamIsActive', 1);
    await scene.opens('StreamMetricSpec', 1);
    await scene.hears('GetMetricSpec', ...poll);
    const heard = scene.events.length;
    await scene.stop();
    expect(scene.clock.pending).toBe(0);
    await scene.clock.advance(60_000);
    expect(scene.events).toHaveLength(heard);
  });
});
