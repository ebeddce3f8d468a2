import { afterEach, beforeEach, expect, it } from 'vitest';
import { queueTrigger, runScaler } from '../../support/running-scaler.ts';
import type { RunningScaler } from '../../support/running-scaler.ts';

let scaler: RunningScaler;
beforeEach(async () => {
  scaler = await runScaler();
});
afterEach(() => scaler.close());

it('tells in an event what decides now', async () => {
  const trigger = queueTrigger();
  scaler.workloads.set(trigger, { replicas: 2 });
  scaler.signalsOf(trigger).set({ queue: 12 });
  await scaler.keda.poll(trigger);
  await scaler.clock.advance(60_000);
  scaler.signalsOf(trigger).set({ queue: 0 });
  await scaler.clock.advance(2_000);

  expect(scaler.events).toEqual([
    { ref: 'inference/llama', type: 'Normal', reason: 'Idle', message: expect.stringMatching(/^awake: /) as string },
  ]);
});

it('tells in an event what is wrong with the metadata of a trigger', async () => {
  await scaler.keda.poll(queueTrigger('llama', { queueTarget: 'five' })).catch(() => undefined);

  expect(scaler.events).toEqual([
    {
      ref: 'inference/llama',
      type: 'Warning',
      reason: 'InvalidTriggerMetadata',
      message: expect.stringContaining('queueTarget') as string,
    },
  ]);
});
