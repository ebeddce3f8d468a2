import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeletionCost } from '../../../../src/domain/deletion-cost.ts';
import { deployment, kubePod, scaledObject } from '../../../support/kube-objects.ts';
import { recordingLogger } from '../../../support/recording-logger.ts';
import { timePassesUntil } from '../../../support/time-passes.ts';
import { startTwoScalers } from '../../../support/two-scalers.ts';
import type { TwoScalers } from '../../../support/two-scalers.ts';

const llama = { namespace: 'inference', name: 'llama' };
const pod = { namespace: 'inference', name: 'llama-0' };
const cost = 'controller.kubernetes.io/pod-deletion-cost';
const mark = 'pilotlight.io/deletion-cost';

describe('deletion costs of pods', () => {
  let api: TwoScalers['api'];
  let clock: TwoScalers['clock'];
  let one: TwoScalers['one'];
  let other: TwoScalers['other'];
  let close: TwoScalers['close'];
  const { logger, lines } = recordingLogger();

  beforeEach(async () => {
    ({ api, clock, one, other, close } = await startTwoScalers('2026-11-23T18:00:00Z', logger));
    lines.length = 0;
    annotate({ team: 'search' });
  });
  afterEach(() => close());

  it('stand in the annotation that ReplicaSets go by, with a mark that it is ours, beside all others', async () => {
    one.deletionCosts.set(pod, -2);
    await eventually(() => expect(annotations()).toEqual({ team: 'search', [cost]: '-2', [mark]: '-2 2026-11-23T18:00:00Z' })); // prettier-ignore

    await clock.advance(30_000);
    one.deletionCosts.set(pod, undefined);
    await eventually(() => expect(annotations()).toEqual({ team: 'search' }));
    expect(lines).toEqual([]);
  });

  it('are seen on the pod of the workload', async () => {
    api.apply(scaledObject('llama'), deployment('llama', 1));
    one.watch(llama);
    one.deletionCosts.set(pod, -2);

    await eventually(() => expect(deletionCostSeen()).toEqual({ cost: -2, setBy: 'us' }));
    annotate({ [cost]: '7' });
    await eventually(() => expect(deletionCostSeen()).toEqual({ cost: 7, setBy: 'others' }));
  });

  it.each([
    ['before', undefined],
    ['over ours', '-2 2026-11-23T17:00:00Z'],
  ])('leave alone what somebody else has set %s', async (_, ours) => {
    annotate({ [cost]: '100', ...(ours !== undefined && { [mark]: ours }) });
    one.deletionCosts.set(pod, -1);
    await eventually(() => expect(gets()).toBe(1));
    await clock.advance(40_000);
    one.deletionCosts.set(pod, undefined);
    await eventually(() => expect(gets()).toBe(2));
    await clock.advance(1_000);

    expect(patches()).toBe(0);
    expect(annotations()?.[cost]).toBe('100');
  });

  it('are not written over what somebody sets at that very moment', async () => {
    const gate = Promise.withResolvers<undefined>();
    one.deletionCosts.set(pod, -1);
    await eventually(() => expect(gets()).toBe(1));
    api.holdUntil = gate.promise;
    await vi.waitFor(() => expect(patches()).toBe(1));
    annotate({ [cost]: '100' });
    gate.resolve(undefined);
    await clock.advance(1_000);

    await eventually(() => expect(annotations()).toEqual({ [cost]: '100' }));
    expect(lines).toEqual([]);
  });

  it('are written once where they are as they should be, and again only after a while', async () => {
    one.deletionCosts.set(pod, -2);
    await eventually(() => expect(patches()).toBe(1));
    for (let seconds = 0; seconds < 29; seconds += 1) {
      one.deletionCosts.set(pod, seconds % 2 === 0 ? -1 : -2);
      await clock.advance(1_000);
    }
    expect([gets(), patches()]).toEqual([1, 1]);

    await clock.advance(2_000);
    one.deletionCosts.set(pod, -1);
    await eventually(() => expect(annotations()?.[cost]).toBe('-1'));
  });

  it('are written by one of two replicas of the scaler that disagree, until the other may', async () => {
    one.deletionCosts.set(pod, -2);
    await eventually(() => expect(patches()).toBe(1));
    other.deletionCosts.set(pod, -1);
    await eventually(() => expect(gets()).toBe(2));
    await clock.advance(1_000);
    expect(annotations()?.[cost]).toBe('-2');

    await clock.advance(31_000);
    other.deletionCosts.set(pod, -1);
    await eventually(() => expect(annotations()?.[cost]).toBe('-1'));
  });

  it('cost one warning where they are not allowed', async () => {
    api.readOnly = true;
    one.deletionCosts.set(pod, -1);
    await eventually(() => expect(lines).toHaveLength(1));
    for (let minute = 0; minute < 5; minute += 1) {
      await clock.advance(60_000);
      one.deletionCosts.set(pod, -1);
    }

    expect(patches()).toBe(1);
    expect(lines).toEqual([
      expect.objectContaining({ level: 'warn', msg: 'kubernetes writes are not allowed; going on without', kind: 'deletion costs of pods' }), // prettier-ignore
    ]);
  });

  it('are forgotten with a pod that is gone, without a word', async () => {
    one.deletionCosts.set({ namespace: 'inference', name: 'gone' }, -1);
    await eventually(() => expect(gets('gone')).toBe(1));
    await clock.advance(1_000);
    expect(lines).toEqual([]);
  });

  it('are left out for names that can be none', async () => {
    one.deletionCosts.set({ namespace: '../..', name: 'llama' }, -1);
    one.deletionCosts.set({ namespace: 'inference', name: 'a/b' }, -1);
    await clock.advance(1_000);

    expect(api.requests).toEqual([]);
  });

  it('wait for nobody when the clock is set back', async () => {
    one.deletionCosts.set(pod, -2);
    await eventually(() => expect(patches()).toBe(1));
    clock.jumpTo(clock.nowMs() - 3_600_000);
    one.deletionCosts.set(pod, -1);

    await eventually(() => expect(annotations()?.[cost]).toBe('-1'));
  });

  function annotate(given: Readonly<Record<string, string>>): void {
    api.apply(kubePod('llama-0', 'llama', { metadata: { labels: { app: 'llama' }, annotations: given } }));
  }

  function annotations(): Record<string, string> | undefined {
    const found = api.objects().find(({ kind }) => kind === 'Pod');
    return found?.metadata['annotations'] as Record<string, string> | undefined;
  }

  function deletionCostSeen(): DeletionCost | undefined {
    const reading = one.lookup(llama);
    return reading.state === 'known' ? reading.workload.pods[0]?.deletionCost : undefined;
  }

  function gets(name = 'llama-0'): number {
    return api.requests.filter(({ method, path }) => method === 'GET' && path.endsWith(`/pods/${name}`)).length;
  }

  function patches(): number {
    return api.requests.filter(({ method }) => method === 'PATCH').length;
  }

  function eventually(expectation: () => void): Promise<void> {
    return timePassesUntil(expectation, clock, 100);
  }
});
