import { connectivityState } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HandClock } from '../../support/hand-clock.ts';
import { queueTrigger, runScaler } from '../../support/running-scaler.ts';
import type { RunningScaler } from '../../support/running-scaler.ts';

const trigger = queueTrigger();
let scaler: RunningScaler;

beforeEach(async () => {
  scaler = await runScaler();
  scaler.workloads.set(trigger, { replicas: 0, pods: [] });
  scaler.signalsOf(trigger).set({ queue: 0 });
});
afterEach(() => scaler.close());

describe('StreamIsActive', () => {
  it('tells the state at once, and the change that a full queue makes', async () => {
    const stream = scaler.keda.streamActivity(trigger);
    await stream.count(1);
    scaler.signalsOf(trigger).set({ queue: 1 });
    await scaler.clock.advance(1_000);
    await stream.count(2);
    expect(stream.received).toEqual([false, true]);
    expect(await scaler.keda.isActive(trigger)).toBe(true);
  });

  it('sends no false while nothing is known', async () => {
    const unknown = queueTrigger('mistral');
    const stream = scaler.keda.streamActivity(unknown);
    await scaler.keda.metricSpecs(unknown);
    await scaler.clock.advance(120_000);
    scaler.workloads.set(unknown, { replicas: 0, pods: [] });
    scaler.signalsOf(unknown).set({ queue: 4 });
    await scaler.clock.advance(1_000);
    await stream.count(1);
    expect(stream.received).toEqual([true]);
  });

  it('gives 500 streams on one connection their true exactly once', async () => {
    const triggers = Array.from({ length: 500 }, (_, index) => queueTrigger(`endpoint-${index}`));
    for (const one of triggers) {
      scaler.workloads.set(one, { replicas: 1 });
      scaler.signalsOf(one).set({ queue: 1 });
    }
    const streams = triggers.map((one) => scaler.keda.streamActivity(one));
    // So many take turns to read, so time has to pass until all have.
    await vi.waitFor(
      async () => {
        await scaler.clock.advance(100);
        expect(streams.filter(({ received }) => received.length > 0)).toHaveLength(500);
      },
      { timeout: 15_000, interval: 10 },
    );
    await scaler.clock.advance(15_000);
    await scaler.keda.metricSpecs(trigger);
    expect(streams.map(({ received }) => received)).toEqual(triggers.map(() => [true]));
  });

  it('serves several streams of one trigger, and lets go of those that clients cancel', async () => {
    const streams = Array.from({ length: 20 }, () => scaler.keda.streamActivity(trigger));
    await Promise.all(streams.map((stream) => stream.count(1)));
    for (const stream of streams.slice(1)) stream.cancel();
    await Promise.all(streams.slice(1).map(({ ended }) => ended));
    scaler.signalsOf(trigger).set({ queue: 1 });
    await scaler.clock.advance(1_000);
    await streams[0]?.count(2);
    expect(streams.map(({ received }) => received.length)).toEqual([2, ...Array<number>(19).fill(1)]);
  });

  it('keeps a connection on which more streams are cancelled at once than Node allows by itself', async () => {
    const survivor = scaler.keda.streamActivity(trigger);
    const streams = Array.from({ length: 1_500 }, () => scaler.keda.streamActivity(trigger));
    await Promise.all(streams.map((stream) => stream.count(1)));
    for (const stream of streams) stream.cancel();
    await Promise.all(streams.map(({ ended }) => ended));
    scaler.signalsOf(trigger).set({ queue: 1 });
    await scaler.clock.advance(1_000);
    await survivor.count(2);
    expect(survivor.received).toEqual([false, true]);
  });

  it('keeps its trigger though no other RPC asks for it', async () => {
    const stream = scaler.keda.streamActivity(trigger);
    await stream.count(1);
    await scaler.clock.advance(1_200_000);
    expect(scaler.workloads.watched.has('inference/llama')).toBe(true);
    stream.cancel();
    await stream.ended;
    await scaler.keda.metricSpecs(queueTrigger('mistral'));
    await scaler.clock.advance(590_000);
    expect(scaler.workloads.watched.has('inference/llama')).toBe(true);
    await scaler.clock.advance(60_000);
    expect(scaler.workloads.watched.has('inference/llama')).toBe(false);
  });
});

describe('StreamMetricSpec', () => {
  it('tells the spec at once, and no more', async () => {
    const stream = scaler.keda.streamMetricSpec(trigger);
    await stream.count(1);
    await scaler.clock.advance(60_000);
    await scaler.keda.metricSpecs(trigger);
    expect(stream.received).toEqual([['required-replicas']]);
  });
});

describe('the end of streams', () => {
  it('is OK at shutdown, so that KEDA comes back at once', async () => {
    const streams = [scaler.keda.streamActivity(trigger), scaler.keda.streamMetricSpec(trigger)];
    await Promise.all(streams.map((stream) => stream.count(1)));
    await scaler.stop();
    for (const stream of streams) expect(await stream.ended).toEqual({ code: 'OK', details: 'OK' });
  });

  it('is OK before the connection reaches its greatest age, and not for all at the same moment', async () => {
    const transportClock = new HandClock();
    const own = await runScaler({ transportClock, maxConnectionAgeMs: 3_600_000 });
    own.workloads.set(trigger, { replicas: 1 });
    own.signalsOf(trigger).set({ queue: 1 });
    const streams = Array.from({ length: 10 }, () => own.keda.streamActivity(trigger));
    await Promise.all(streams.map((stream) => stream.count(1)));
    let ended = 0;
    for (const stream of streams) void stream.ended.then(() => (ended += 1));
    await transportClock.advance(2_700_000);
    expect(ended).toBe(0);
    await transportClock.advance(450_000);
    await own.keda.metricSpecs(trigger);
    expect(ended).toBeGreaterThan(0);
    expect(ended).toBeLessThan(10);
    await transportClock.advance(450_000);
    for (const stream of streams) expect(await stream.ended).toMatchObject({ code: 'OK' });
    await own.close();
  });

  it('does not come at once when the greatest age is longer than a timer of Node holds', async () => {
    const own = await runScaler({ maxConnectionAgeMs: 30 * 86_400_000 });
    own.workloads.set(trigger, { replicas: 1 });
    own.signalsOf(trigger).set({ queue: 1 });
    const stream = own.keda.streamActivity(trigger);
    await stream.count(1);
    const overflown = new Promise((resolve) => setTimeout(resolve, 50, 'open'));
    expect(await Promise.race([stream.ended, overflown])).toBe('open');
    expect(own.keda.rpc.getChannel().getConnectivityState(false)).toBe(connectivityState.READY);
    await own.close();
  });
});
