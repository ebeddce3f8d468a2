import { describe, expect, it } from 'vitest';
import { decide } from '../../src/decision/decide.ts';
import type { DecisionContext, Verdict } from '../../src/domain/decision.ts';
import type { Override } from '../../src/domain/override.ts';
import type { Policy } from '../../src/domain/policy.ts';
import { fresh, pod, policy, workload } from '../support/builders.ts';
import { calendar, context, failed, nowMs, offHours, plan, readings } from '../support/decision-context.ts';

const signals = [plan('queue', { target: 5 }), plan('running', { target: 32 })];
const calm = readings({ queue: fresh(0), running: fresh(0) });
const dark = policy({ signals, offHours: 'closed' });
const threeReplicas = workload({ replicas: 3 });

function settled(subject: Policy, overrides: Partial<DecisionContext>): Partial<Verdict> & { bids?: unknown } {
  const { decidedAtMs, ...verdict } = decide(subject, context(overrides));
  expect(decidedAtMs).toBe(nowMs);
  if (verdict.state === 'undecided') return verdict;
  const { bids, emitted, ...rest } = verdict;
  expect(emitted).toBe(verdict.required);
  expect(bids).toContainEqual(expect.objectContaining({ rule: verdict.rule, why: verdict.why }));
  return rest;
}

describe('decide', () => {
  it('carries every bid, highest precedence first', () => {
    const scene = context({
      workload: workload({
        replicas: 2,
        pods: [pod(), pod({ name: 'llama-1', phase: 'loading', createdAtMs: nowMs })],
      }),
      readings: readings({ queue: fresh(12), running: fresh(40) }),
      calendar: calendar({ floor: 1, ceiling: 6, because: 'Mon-Fri 08:00-20:00 min=1 max=6' }),
    });
    expect(decide(policy({ signals }), scene)).toEqual({
      state: 'decided',
      required: 2.4,
      emitted: 2.4,
      active: true,
      rule: 'load',
      why: 'queue 12 (test) / 5 per replica = 2.4',
      bids: [
        { rule: 'ceiling', atMost: 6, why: 'at most 6: Mon-Fri 08:00-20:00 min=1 max=6' },
        { rule: 'load', atLeast: 2.4, why: 'queue 12 (test) / 5 per replica = 2.4' },
        { rule: 'floor', atLeast: 1, why: 'at least 1: Mon-Fri 08:00-20:00 min=1 max=6' },
        { rule: 'hold', atLeast: 2, why: 'hold at 2: llama-1 loading for 0ms of 30m' },
        { rule: 'idle', keepAlive: true, why: '12 requests waiting (test)' },
      ],
      decidedAtMs: nowMs,
    });
  });

  it.each<[string, Policy, Partial<DecisionContext>, Partial<Verdict>]>([
    [
      'sleeps once it has been quiet for idleAfter',
      policy({ signals }),
      { readings: calm, quietSinceMs: nowMs - 120_000 },
      {
        state: 'decided',
        required: 0,
        active: false,
        rule: 'idle',
        why: 'quiet for 2m: queue 0 (test), running 0 (test)',
      },
    ],
    [
      'stays awake at an empty queue while requests run',
      policy({ signals: [plan('queue', { target: 5 }), plan('running')] }),
      { readings: readings({ queue: fresh(0), running: fresh(2) }), quietSinceMs: nowMs - 120_000 },
      { state: 'decided', required: 0, active: true, rule: 'idle', why: '2 requests running (test)' },
    ],
    [
      'keeps the floor of business hours however quiet it is',
      policy({ signals }),
      { readings: calm, quietSinceMs: 0, calendar: calendar({ floor: 2, because: 'Mon-Fri 08:00-20:00 min=2' }) },
      { state: 'decided', required: 2, active: true, rule: 'floor', why: 'at least 2: Mon-Fri 08:00-20:00 min=2' },
    ],
    [
      'does not hold above a ceiling',
      policy({ signals, offHoursMaxReplicas: 1 }),
      { workload: threeReplicas, calendar: offHours() },
      { state: 'decided', required: 1, active: true, rule: 'ceiling', why: 'at most 1: outside business hours' },
    ],
    [
      'goes dark at once where hours are closed and nothing runs, whatever waits',
      dark,
      { readings: readings({ queue: fresh(50), running: fresh(0) }), calendar: offHours({ sinceMs: nowMs - 1 }) },
      { state: 'decided', required: 0, active: false, rule: 'closed', why: 'closed: outside business hours, drained' },
    ],
    [
      'keeps what serves while it drains',
      dark,
      {
        workload: threeReplicas,
        readings: readings({ queue: fresh(50), running: fresh(1) }),
        calendar: offHours({ sinceMs: nowMs - 60_000 }),
      },
      {
        state: 'decided',
        required: 3,
        active: true,
        rule: 'closed',
        why: 'closing: 1 request still running (test), up to 9m more',
      },
    ],
    [
      'has no answer where the policy wants an error',
      policy({ signals, onSignalLoss: 'error' }),
      { readings: readings({ queue: failed(), running: fresh(1) }) },
      {
        state: 'undecided',
        reason: 'onSignalLoss=error: queue failed (test: connection refused), 40s ago',
      },
    ],
    [
      'needs no signal in hard-off hours',
      { ...dark, onSignalLoss: 'error' },
      { calendar: offHours() },
      {
        state: 'decided',
        required: 0,
        active: false,
        rule: 'closed',
        why: 'closed: outside business hours, drain timeout 10m passed',
      },
    ],
    [
      'has no answer while it drains blindly and the policy wants an error',
      { ...dark, onSignalLoss: 'error' },
      { readings: readings({ queue: fresh(0), running: failed() }), calendar: offHours({ sinceMs: nowMs - 60_000 }) },
      {
        state: 'undecided',
        reason: 'onSignalLoss=error: running failed (test: connection refused), 40s ago',
      },
    ],
    [
      'goes on without a lost signal where the policy ignores it',
      policy({ signals, onSignalLoss: 'ignore' }),
      { workload: threeReplicas, readings: readings({ queue: failed(), running: fresh(0) }), quietSinceMs: 0 },
      {
        state: 'decided',
        required: 0,
        active: false,
        rule: 'idle',
        why: 'quiet for 20780d12h: running 0 (test)',
      },
    ],
    [
      'gives no number at zero while nothing tells whether to wake',
      policy({ signals }),
      { workload: workload({ replicas: 0 }), readings: readings({ queue: failed() }) },
      {
        state: 'undecided',
        reason:
          'at zero, and nothing tells whether to wake: queue failed (test: connection refused), 40s ago; running not read yet',
      },
    ],
    [
      'stays at zero in closed hours, whatever is lost',
      dark,
      { workload: workload({ replicas: 0 }), readings: readings({ queue: failed() }), calendar: offHours() },
      { state: 'decided', required: 0, active: false, rule: 'closed', why: 'closed: outside business hours' },
    ],
  ])('%s', (_, subject, overrides, verdict) => {
    expect(settled(subject, overrides)).toEqual(verdict);
  });

  it.each<[string, DecisionContext['calendar'], Partial<Override>, number]>([
    ['a floor that the HPA would not tell', calendar({ floor: 21 }), {}, 22.001],
    ['a ceiling that the HPA would not tell', calendar({ floor: 1, ceiling: 19 }), {}, 17.999],
    ['a floor that load is above', calendar({ floor: 4 }), {}, 20.4],
    ['an override over the ceiling, by more than the ceiling', calendar({ ceiling: 20 }), { min: 21 }, 22.001],
    ['an override, but not by more than its own max', calendar({ ceiling: 20 }), { min: 21, max: 22 }, 21],
  ])('tells the HPA what makes it reach %s', (_, hours, limits, emitted) => {
    const override = { state: 'set', override: { untilMs: nowMs + 1, ...limits } } as const;
    const subject = context({
      workload: workload({ replicas: 20, ...('min' in limits && { override }) }),
      readings: readings({ queue: fresh(102), running: fresh(0) }),
      ...(hours && { calendar: hours }),
    });
    expect(decide(policy({ signals }), subject)).toMatchObject({ emitted });
  });
});
