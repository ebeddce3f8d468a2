import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/decision/decide.ts';
import { override } from '../../../src/decision/rules/override.ts';
import type { DecisionContext } from '../../../src/domain/decision.ts';
import type { Override } from '../../../src/domain/override.ts';
import type { Policy } from '../../../src/domain/policy.ts';
import type { Workload } from '../../../src/domain/workload.ts';
import { fresh, policy, workload } from '../../support/builders.ts';
import { calendar, context, failed, nowMs, offHours, plan, readings } from '../../support/decision-context.ts';

const untilMs = nowMs + 1;

function overridden(limits: Partial<Override>, overrides: Partial<Workload> = {}): Workload {
  return workload({ override: { state: 'set', override: { untilMs, ...limits } }, ...overrides });
}

function bidOf(limits: Partial<Override>, overrides: Partial<Workload> = {}) {
  return override(policy(), context({ workload: overridden(limits, overrides) }));
}

describe('override', () => {
  it('asks for what the operator set, in their words', () => {
    expect(bidOf({ min: 4, max: 10, reason: 'load test' })).toEqual({
      rule: 'override',
      atLeast: 4,
      atMost: 10,
      why: 'override min=4 max=10 until 2026-11-23T12:00:00Z; load test',
    });
    expect(bidOf({ min: 4 })).toEqual({
      rule: 'override',
      atLeast: 4,
      why: 'override min=4 until 2026-11-23T12:00:00Z',
    });
    expect(bidOf({ max: 0 })).toEqual({
      rule: 'override',
      atMost: 0,
      why: 'override max=0 until 2026-11-23T12:00:00Z',
    });
  });

  it('is over at the moment it names', () => {
    expect(bidOf({ min: 4, untilMs: nowMs + 1 })).toBeDefined();
    expect(bidOf({ min: 4, untilMs: nowMs })).toBeUndefined();
  });

  it('counts for nothing where it can not be understood', () => {
    const broken = workload({ override: { state: 'invalid', text: 'min=x', problem: 'no number' } });
    expect(override(policy(), context({ workload: broken }))).toBeUndefined();
  });

  it('says where the ScaledObject does not let it', () => {
    expect(bidOf({ min: 9 }, { maxReplicas: 8 })?.why).toContain('; maxReplicaCount 8 allows no more');
    expect(bidOf({ max: 1 }, { minReplicas: 2 })?.why).toContain('; minReplicaCount 2 allows no less');
  });
});

describe('decide under an override', () => {
  const queue = plan('queue', { target: 5 });
  const closedNow = { calendar: offHours(), readings: readings({ queue: fresh(0) }) };

  it.each<[string, Partial<Override>, { policy?: Partial<Policy>; around?: Partial<DecisionContext> }, object]>([
    ['its min, over closed hours', { min: 4 }, { policy: { offHours: 'closed' }, around: closedNow }, { required: 4, active: true, rule: 'override' }], // prettier-ignore
    ['its min, over closed hours that load would like to break', { min: 4 }, { policy: { offHours: 'closed' }, around: { ...closedNow, readings: readings({ queue: fresh(50) }) } }, { required: 4, rule: 'override' }], // prettier-ignore
    ['its min, over the ceiling of the window', { min: 4 }, { around: { calendar: calendar({ ceiling: 2 }) } }, { required: 4, rule: 'override' }], // prettier-ignore
    ['its max, over the floor of the window', { max: 1 }, { around: { calendar: calendar({ floor: 3 }) } }, { required: 1, rule: 'override' }], // prettier-ignore
    ['its max, over load', { max: 2 }, { around: { readings: readings({ queue: fresh(50) }) } }, { required: 2, rule: 'override' }], // prettier-ignore
    ['its max, over a hold', { max: 1 }, { around: { readings: readings({ queue: failed() }) } }, { required: 1, rule: 'override' }], // prettier-ignore
    ['zero, whatever runs', { max: 0 }, { around: { readings: readings({ queue: fresh(50) }) } }, { required: 0, active: false, rule: 'override' }], // prettier-ignore
    ['load between its min and max', { min: 2, max: 9 }, { around: { readings: readings({ queue: fresh(30) }) } }, { required: 6, rule: 'load' }], // prettier-ignore
    ['its number where signals are lost and it leaves no choice', { min: 3, max: 3 }, { policy: { onSignalLoss: 'error' }, around: { readings: readings({ queue: failed() }) } }, { state: 'decided', required: 3 }], // prettier-ignore
    ['an error where signals are lost and it leaves a choice', { min: 3 }, { policy: { onSignalLoss: 'error' }, around: { readings: readings({ queue: failed() }) } }, { state: 'undecided' }], // prettier-ignore
  ])('answers %s', (_case, limits, given, expected) => {
    const scene = context({ workload: overridden(limits, { replicas: 5 }), ...given.around });

    expect(decide(policy({ signals: [queue], ...given.policy }), scene)).toMatchObject(expected);
  });

  it('wakes a workload from zero though nothing tells whether to', () => {
    const scene = context({
      workload: overridden({ min: 1 }, { replicas: 0 }),
      readings: readings({ queue: failed() }),
    });
    expect(decide(policy({ signals: [queue] }), scene)).toMatchObject({ state: 'decided', required: 1, active: true });
  });
});
