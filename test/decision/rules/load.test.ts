import { describe, expect, it } from 'vitest';
import { load } from '../../../src/decision/rules/load.ts';
import type { Bid } from '../../../src/domain/decision.ts';
import type { SignalPlan } from '../../../src/domain/policy.ts';
import type { Reading } from '../../../src/domain/reading.ts';
import type { SignalName } from '../../../src/domain/signal.ts';
import { fresh, policy, workload } from '../../support/builders.ts';
import { absent, context, failed, plan, readings, stale } from '../../support/decision-context.ts';

const queue = plan('queue', { target: 5 });

describe('load', () => {
  it.each<[string, SignalPlan, Reading, Pick<Bid, 'atLeast' | 'why'>]>([
    ['a queue', queue, fresh(12), { atLeast: 2.4, why: 'queue 12 (test) / 5 per replica = 2.4' }],
    ['a queue that is empty', queue, fresh(0), { atLeast: 0, why: 'queue 0 (test) / 5 per replica = 0' }],
    [
      'ratios, in percent',
      plan('gpuUtilization', { target: 0.8 }),
      fresh(1.6, { coverage: { heard: 2, expected: 2 } }),
      { atLeast: 2, why: 'gpuUtilization 160 % (test) / 80 % per replica = 2' },
    ],
    [
      'rates, with their unit',
      plan('requestRate', { target: 10 }),
      fresh(3.5),
      { atLeast: 0.35, why: 'requestRate 3.5 requests/s (test) / 10 requests/s per replica = 0.35' },
    ],
    [
      'three decimals at most',
      plan('running', { target: 3 }),
      fresh(1),
      { atLeast: 1 / 3, why: 'running 1 (test) / 3 per replica = 0.333' },
    ],
    [
      'a sum in which pods are missing, and what is to be known of it',
      queue,
      fresh(10, { coverage: { heard: 1, expected: 2 }, note: 'sum of 3 series' }),
      { atLeast: 2, why: 'queue 10 (test) / 5 per replica = 2, heard 1 of 2, sum of 3 series' },
    ],
  ])('divides %s by the target per replica', (_, signalPlan, reading, bid) => {
    const placed = load(
      policy({ signals: [signalPlan] }),
      context({ readings: new Map([[signalPlan.signal, reading]]) }),
    );
    expect(placed).toEqual({ rule: 'load', ...bid });
  });

  it('takes the signal that needs most', () => {
    const signals = [queue, plan('running', { target: 32 }), plan('kvCache', { target: 0.8 })];
    const found = load(
      policy({ signals }),
      context({ readings: readings({ queue: fresh(5), running: fresh(96), kvCache: fresh(1.2) }) }),
    );
    expect(found).toMatchObject({ atLeast: 3, why: 'running 96 (test) / 32 per replica = 3' });
  });

  it('takes the first of two signals that need the same', () => {
    const signals = [queue, plan('running', { target: 10 })];
    const both = readings({ queue: fresh(10), running: fresh(20) });
    expect(load(policy({ signals }), context({ readings: both }))?.why).toContain('queue');
  });

  it.each<[string, SignalPlan, Reading | undefined]>([
    ['has no target', plan('queue'), fresh(12)],
    ['was not read yet', queue, undefined],
    ['is absent', queue, absent()],
    ['is stale', queue, stale()],
    ['failed', queue, failed()],
  ])('says nothing of a signal that %s', (_, signalPlan, reading) => {
    const heard = reading ? readings({ queue: reading }) : readings({});
    expect(load(policy({ signals: [signalPlan] }), context({ readings: heard }))).toBeUndefined();
  });

  it.each(['latencyP50', 'latencyP95', 'latencyP99', 'ttftP99'] as const)(
    'never bids for %s, whatever a plan says, because replicas do not share it',
    (signal) => {
      const heard = readings({ [signal]: fresh(30) });
      const signals = [plan(signal, { target: 2 })];
      expect(load(policy({ signals }), context({ readings: heard }))).toBeUndefined();
    },
  );

  it.each<[SignalName, number, number, number | undefined]>([
    ['queue', 0, 0, undefined],
    ['queue', 1, 0, 0.2],
    ['queue', 3, 3, undefined],
    ['queue', 4, 3, 0.8],
    ['requestRate', 0, 3, undefined],
    ['requestRate', 0.5, 3, 0.1],
  ])('wakes from zero only above activation: %s %d, queueActivation %d', (signal, value, queueActivation, atLeast) => {
    const asleep = context({ workload: workload({ replicas: 0 }), readings: readings({ [signal]: fresh(value) }) });
    const bid = load(policy({ signals: [plan(signal, { target: 5 })], queueActivation }), asleep);
    expect(bid?.atLeast).toBe(atLeast);
  });

  it('does not ask for activation once awake', () => {
    const bid = load(
      policy({ signals: [queue], queueActivation: 10 }),
      context({ readings: readings({ queue: fresh(5) }) }),
    );
    expect(bid?.atLeast).toBe(1);
  });
});
