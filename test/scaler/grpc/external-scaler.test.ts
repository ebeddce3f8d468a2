import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HandClock } from '../../support/hand-clock.ts';
import { answered, KedaClient, protoOfKeda216, wireRef } from '../../support/keda-client.ts';
import { queueTrigger, runScaler } from '../../support/running-scaler.ts';
import type { RunningScaler } from '../../support/running-scaler.ts';

const trigger = queueTrigger();
let scaler: RunningScaler;

beforeEach(async () => {
  scaler = await runScaler();
});
afterEach(() => scaler.close());

describe('the unary RPCs, in the order in which KEDA calls them', () => {
  it('answer the replicas required, for the HPA to round up', async () => {
    scaler.workloads.set(trigger, { replicas: 2 });
    scaler.signalsOf(trigger).set({ queue: 12 });
    expect(await scaler.keda.poll(trigger)).toEqual({
      metric: 'required-replicas',
      target: 1,
      value: 2.4,
      active: true,
    });
  });

  it('answer 0 and inactive when nothing waits at zero replicas', async () => {
    scaler.workloads.set(trigger, { replicas: 0, pods: [] });
    scaler.signalsOf(trigger).set({ queue: 0 });
    await scaler.keda.poll(trigger);
    await scaler.clock.advance(180_000);
    expect(await scaler.keda.poll(trigger)).toMatchObject({ value: 0, active: false });
  });

  it('answer whole replicas to KEDA 2.16, which knows no floats', async () => {
    scaler.workloads.set(trigger, { replicas: 2 });
    scaler.signalsOf(trigger).set({ queue: 12 });
    const old = new KedaClient(scaler.address, protoOfKeda216());
    const scaledObjectRef = wireRef(trigger);
    expect(await answered((done) => old.rpc.GetMetricSpec(scaledObjectRef, done))).toEqual({
      metricSpecs: [{ metricName: 'required-replicas', targetSize: 1 }],
    });
    const request = { scaledObjectRef, metricName: 'required-replicas' };
    expect(await answered((done) => old.rpc.GetMetrics(request, done))).toEqual({
      metricValues: [{ metricName: 'required-replicas', metricValue: 3 }],
    });
    old.close();
  });

  it('answer from one and the same decision, so that value and activity never contradict each other', async () => {
    scaler.workloads.set(trigger, { replicas: 0, pods: [] });
    const signals = scaler.signalsOf(trigger);
    for (let round = 0; round < 40; round += 1) {
      signals.set({ queue: round % 3 });
      await scaler.clock.advance(1_000);
      const { value, active } = await scaler.keda.poll(trigger);
      expect(active).toBe(value > 0);
    }
  });

  it('name the metric that was asked for when it is not the one there is', async () => {
    scaler.workloads.set(trigger, { replicas: 1 });
    await expect(scaler.keda.metricValue(trigger, 's0-required-replicas')).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: 'metricName: "s0-required-replicas" is not served; the only metric is "required-replicas"',
    });
  });

  it.each([
    ['name', { ...trigger, name: '' }, 'name of the ScaledObject: "" is not a name that Kubernetes accepts'],
    [
      'namespace',
      { ...trigger, namespace: 'a/b' },
      'namespace of the ScaledObject: "a/b" is not a name that Kubernetes accepts',
    ],
  ])('refuse a %s that no ScaledObject can have', async (_, wrong, details) => {
    await expect(scaler.keda.poll(wrong)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', details });
  });

  it('say so when the ScaledObject is missing', async () => {
    const call = answered((done) => scaler.keda.rpc.GetMetrics({ metricName: 'required-replicas' }, done));
    await expect(call).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', details: 'scaledObjectRef is missing' });
  });
});

describe('text in other scripts than ours', () => {
  it.each([0, 1])('is cut between two characters, not in one: %i letters off', async (shift) => {
    const keys = Array.from({ length: 40 }, (_, index) => `${'k'.repeat(shift)}${index + 10}${'🦙'.repeat(79)}`);
    const foreign = queueTrigger('llama', Object.fromEntries(keys.map((key) => [key, '1'])));
    const refusal = {
      code: 'INVALID_ARGUMENT',
      details: expect.stringMatching(/^invalid metadata, 40 problems:\n- unknown key "k?10🦙{77,78}…/u) as string,
    };
    await expect(scaler.keda.isActive(foreign)).rejects.toMatchObject(refusal);
    expect(await scaler.keda.streamActivity(foreign).ended).toEqual(refusal);
  });

  it.each([
    ['m'.repeat(79) + '🦙', 'm'.repeat(79) + '🦙'],
    ['m'.repeat(79) + '🦙🦙', 'm'.repeat(79) + '🦙…'],
    ['\ud83e', '\ufffd'.repeat(3)],
  ])('is named whole or not at all: %j', async (asked, shown) => {
    scaler.workloads.set(trigger, { replicas: 1 });
    await expect(scaler.keda.metricValue(trigger, asked)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: expect.stringContaining(`"${shown}"`) as string,
    });
  });

  it.each(['🦙'.repeat(90), '\ud83e'])('may stand in a name that no ScaledObject can have: %j', async (name) => {
    const refusal = {
      code: 'INVALID_ARGUMENT',
      details: expect.stringMatching(/^name of the ScaledObject: /) as string,
    };
    const wrong = queueTrigger(`x${name}`);
    await expect(scaler.keda.isActive(wrong)).rejects.toMatchObject(refusal);
    expect(await scaler.keda.streamActivity(wrong).ended).toEqual(refusal);
  });

  it('may stand in metadata, even in halves', async () => {
    const foreign = queueTrigger('llama', { '\ud83ekey': '1', queueTarget: 'five\ud83e' });
    const refusal = { code: 'INVALID_ARGUMENT', details: expect.stringContaining('queueTarget: "five') as string };
    await expect(scaler.keda.isActive(foreign)).rejects.toMatchObject(refusal);
    expect(await scaler.keda.streamActivity(foreign).ended).toEqual(refusal);
  });
});

describe('an answer that would be a guess', () => {
  it('is UNAVAILABLE with the reason, while the metric spec is answered all the same', async () => {
    scaler.workloads.lose(trigger, 'the Kubernetes API has not answered for 5m');
    expect(await scaler.keda.metricSpecs(trigger)).toEqual([{ metric: 'required-replicas', target: 1 }]);
    const unavailable = {
      code: 'UNAVAILABLE',
      details: 'no decision for inference/llama: the Kubernetes API has not answered for 5m',
    };
    await expect(scaler.keda.metricValue(trigger, 'required-replicas')).rejects.toMatchObject(unavailable);
    await expect(scaler.keda.isActive(trigger)).rejects.toMatchObject(unavailable);
  });

  it('is an error where the policy wants one for a lost signal, and a hold otherwise', async () => {
    const failed = {
      state: 'failed',
      reason: 'connection refused',
      source: 'prometheus gateway',
      observedAtMs: 0,
      coverage: { heard: 0, expected: 1 },
    } as const;
    const strict = queueTrigger('strict', { onSignalLoss: 'error' });
    for (const one of [trigger, strict]) {
      scaler.workloads.set(one, { replicas: 3 });
      scaler.signalsOf(one).set({ queue: failed });
    }
    expect(await scaler.keda.poll(trigger)).toMatchObject({ value: 3, active: true });
    await expect(scaler.keda.poll(strict)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      details: expect.stringContaining('connection refused') as string,
    });
  });

  it('becomes an answer as soon as there is a decision', async () => {
    await expect(scaler.keda.isActive(trigger)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    scaler.signalsOf(trigger).set({ queue: 1 });
    scaler.workloads.set(trigger, { replicas: 1 });
    await scaler.clock.advance(0);
    expect(await scaler.keda.isActive(trigger)).toBe(true);
  });
});

describe('the first question for a trigger', () => {
  it('waits for its first decision, for a second at most', async () => {
    const transportClock = new HandClock();
    const own = await runScaler({ transportClock });
    own.workloads.set(trigger, { replicas: 1 });
    own.signalsOf(trigger).gate = new Promise(() => undefined);
    const answer = own.keda.isActive(trigger).catch((error: unknown) => error);
    await own.keda.metricSpecs(trigger);
    await transportClock.advance(999);
    expect(await Promise.race([answer, Promise.resolve('still waiting')])).toBe('still waiting');
    await transportClock.advance(1);
    const unread = 'no decision for inference/llama: its signals have not been read yet';
    expect(await answer).toMatchObject({ code: 'UNAVAILABLE', details: unread });
    await expect(own.keda.isActive(trigger)).rejects.toMatchObject({ details: unread });
    own.keda.close();
    const stopped = own.stop();
    await transportClock.advance(10_000);
    await stopped;
  });
});

describe('invalid metadata', () => {
  const invalid = queueTrigger('llama', { queueTarget: 'many' });
  const refusal = { code: 'INVALID_ARGUMENT', details: expect.stringContaining('queueTarget') as string };

  it('is refused by every RPC, naming the key', async () => {
    await expect(scaler.keda.metricSpecs(invalid)).rejects.toMatchObject(refusal);
    await expect(scaler.keda.metricValue(invalid, 'required-replicas')).rejects.toMatchObject(refusal);
    await expect(scaler.keda.isActive(invalid)).rejects.toMatchObject(refusal);
    expect(await scaler.keda.streamActivity(invalid).ended).toEqual(refusal);
    expect(await scaler.keda.streamMetricSpec(invalid).ended).toEqual(refusal);
  });

  it('does no harm to the trigger beside it', async () => {
    scaler.workloads.set(trigger, { replicas: 1 });
    scaler.signalsOf(trigger).set({ queue: 1 });
    await expect(scaler.keda.metricSpecs(invalid)).rejects.toMatchObject(refusal);
    expect(await scaler.keda.isActive(trigger)).toBe(true);
  });
});

it('answers an RPC that the contract does not know with UNIMPLEMENTED', async () => {
  const path = '/externalscaler.ExternalScaler/Close';
  const same = (bytes: Buffer): Buffer => bytes;
  const call = answered((done) => scaler.keda.rpc.makeUnaryRequest(path, same, same, Buffer.alloc(0), done));
  await expect(call).rejects.toMatchObject({ code: 'UNIMPLEMENTED' });
});
