import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ScaledObjectEvent } from '../../../../src/kubernetes/event-recorder.ts';
import { scaledObject } from '../../../support/kube-objects.ts';
import { recordingLogger } from '../../../support/recording-logger.ts';
import { timePassesUntil } from '../../../support/time-passes.ts';
import { startTwoScalers } from '../../../support/two-scalers.ts';
import type { TwoScalers } from '../../../support/two-scalers.ts';

const llama = { namespace: 'inference', name: 'llama' };
const warming: ScaledObjectEvent = { type: 'Normal', reason: 'Warming', message: 'warm for Mon 08:00' };

describe('events on ScaledObjects', () => {
  let api: TwoScalers['api'];
  let clock: TwoScalers['clock'];
  let one: TwoScalers['one'];
  let other: TwoScalers['other'];
  let close: TwoScalers['close'];
  const { logger, lines } = recordingLogger();

  beforeEach(async () => {
    ({ api, clock, one, other, close } = await startTwoScalers('2026-11-23T06:55:50Z', logger));
    lines.length = 0;
    api.apply(scaledObject('llama', { metadata: { uid: 'uid-of-llama' } }));
  });
  afterEach(() => close());

  it('are what kubectl describe shows', async () => {
    one.events.record(llama, { ...warming, message: 'x'.repeat(2_000) });

    await eventually(() => expect(events()).toHaveLength(1));
    expect(events()[0]).toMatchObject({
      metadata: { namespace: 'inference', name: expect.stringMatching(/^llama\.[0-9a-f]{16}$/) as string },
      involvedObject: { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', ...llama, uid: 'uid-of-llama' },
      type: 'Normal',
      reason: 'Warming',
      message: `${'x'.repeat(1_000)}…`,
      count: 1,
      source: { component: 'pilotlight-scaler' },
    });
  });

  it('are told once, whichever replica of the scaler is first', async () => {
    one.events.record(llama, warming);
    other.events.record(llama, warming);

    await eventually(() => expect(posts()).toHaveLength(2));
    await clock.advance(5_000);
    expect(events()).toMatchObject([{ count: 1 }]);
    expect(lines).toEqual([]);
  });

  it('are counted when they are told again later, once for both replicas', async () => {
    one.events.record(llama, warming);
    await eventually(() => expect(events()).toHaveLength(1));
    await clock.advance(86_400_000);

    one.events.record(llama, { ...warming, message: 'warm for Tue 08:00' });
    other.events.record(llama, { ...warming, message: 'warm for Tue 08:00' });

    await eventually(() => expect(posts()).toHaveLength(3));
    await eventually(() => expect(events()).toMatchObject([{ count: 2, message: 'warm for Tue 08:00' }]));
    await clock.advance(5_000);
    expect(events()).toMatchObject([{ count: 2 }]);
  });

  it('of another reason are another event', async () => {
    one.events.record(llama, warming);
    one.events.record(llama, { type: 'Warning', reason: 'SignalsLost', message: 'hold at 2' });

    await eventually(() => expect(events()).toHaveLength(2));
  });

  it('cost one warning where they are not allowed', async () => {
    api.readOnly = true;
    one.events.record(llama, warming);
    one.events.record(llama, { ...warming, reason: 'AtFloor' });
    await eventually(() => expect(posts()).toHaveLength(1));
    await clock.advance(5_000);

    expect(posts()).toHaveLength(1);
    expect(lines).toEqual([
      expect.objectContaining({ level: 'warn', msg: 'kubernetes writes are not allowed; going on without' }),
    ]);
  });

  it('are told without the uid where ScaledObjects may not be got', async () => {
    api.forbidden.push('/scaledobjects/llama');
    one.events.record(llama, warming);

    await eventually(() => expect(events()).toHaveLength(1));
    expect(lines).toEqual([]);
  });

  it('are left out for names that can be none', async () => {
    one.events.record({ namespace: '../..', name: 'llama' }, warming);
    one.events.record({ namespace: 'inference', name: 'a/b' }, warming);
    await clock.advance(1_000);

    expect(api.requests).toEqual([]);
  });

  function events(): Record<string, unknown>[] {
    return api.objects().filter(({ kind }) => kind === 'Event') as unknown as Record<string, unknown>[];
  }

  function posts(): unknown[] {
    return api.requests.filter(({ method }) => method === 'POST');
  }

  function eventually(expectation: () => void): Promise<void> {
    return timePassesUntil(expectation, clock, 100);
  }
});
