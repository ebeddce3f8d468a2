import { describe, expect, it } from 'vitest';
import { closed } from '../../../src/decision/rules/closed.ts';
import type { DecisionContext } from '../../../src/domain/decision.ts';
import type { Policy } from '../../../src/domain/policy.ts';
import type { PodPhase } from '../../../src/domain/workload.ts';
import { fresh, pod, policy, workload } from '../../support/builders.ts';
import { absent, calendar, context, failed, nowMs, offHours, plan, readings } from '../../support/decision-context.ts';

const dark = policy({ offHours: 'closed', signals: [plan('queue'), plan('running')] });
const minuteMs = 60_000;
/** Closed a minute ago, so that 9 of the 10 minutes of the drain timeout are left. */
const closing = offHours({ sinceMs: nowMs - minuteMs });
const noPods = absent({ coverage: { heard: 0, expected: 0 } });

function closingWith(overrides: Partial<DecisionContext>): DecisionContext {
  return context({ workload: workload({ replicas: 2 }), calendar: closing, ...overrides });
}

function twoPods(...phases: PodPhase[]): DecisionContext['workload'] {
  return workload({ replicas: 2, pods: phases.map((phase) => pod({ phase })) });
}

describe('closed', () => {
  it.each<[string, Partial<DecisionContext>, string]>([
    ['all has drained', { readings: readings({ running: fresh(0) }) }, 'closed: outside business hours, drained'],
    [
      'only work that waits is left',
      { readings: readings({ queue: fresh(9), running: fresh(0) }) },
      'closed: outside business hours, drained',
    ],
    [
      'no pod can be serving',
      { workload: twoPods('pending', 'terminating') },
      'closed: outside business hours, drained',
    ],
    [
      'the drain timeout has passed, whatever runs',
      {
        readings: readings({ running: fresh(3) }),
        calendar: offHours({ sinceMs: nowMs - 10 * minuteMs }),
      },
      'closed: outside business hours, drain timeout 10m passed',
    ],
    ['it is at zero already', { workload: workload({ replicas: 0 }) }, 'closed: outside business hours'],
    [
      'it has been closed for longer than can be told',
      {
        readings: readings({ running: fresh(3) }),
        calendar: { open: false, floor: 0, because: 'holiday: Christmas Day' },
      },
      'closed: holiday: Christmas Day',
    ],
  ])('allows nothing once %s', (_, overrides, why) => {
    expect(closed(dark, closingWith(overrides))).toEqual({ rule: 'closed', atMost: 0, why });
  });

  it.each<[string, Policy, Partial<DecisionContext>, string]>([
    [
      'requests run',
      dark,
      { readings: readings({ running: fresh(3) }) },
      'closing: 3 requests still running (test), up to 9m more',
    ],
    [
      'one request runs',
      dark,
      { readings: readings({ running: fresh(1) }) },
      'closing: 1 request still running (test), up to 9m more',
    ],
    [
      'requests run on a pod that is not ready',
      dark,
      { workload: twoPods('loading'), readings: readings({ running: fresh(2) }) },
      'closing: 2 requests still running (test), up to 9m more',
    ],
    [
      'some pods were not heard',
      dark,
      { readings: readings({ running: fresh(0, { coverage: { heard: 1, expected: 2 } }) }) },
      'closing: running incomplete (test: heard 1 of 2), up to 9m more',
    ],
    [
      'running requests are unknown',
      dark,
      { readings: readings({ running: failed() }) },
      'closing: running failed (test: connection refused), up to 9m more',
    ],
    ['running requests were not read yet', dark, {}, 'closing: running not read yet, up to 9m more'],
    [
      'the only pod that may be serving is not ready',
      dark,
      { workload: twoPods('loading'), readings: readings({ running: noPods }) },
      'closing: no pod is ready to tell whether requests run, up to 9m more',
    ],
    [
      'only concurrency tells',
      policy({ offHours: 'closed', signals: [plan('concurrency')] }),
      { readings: readings({ concurrency: fresh(2) }) },
      'closing: 2 requests still running (test), up to 9m more',
    ],
    [
      'no signal tells',
      policy({ offHours: 'closed', signals: [plan('queue')] }),
      { readings: readings({ queue: fresh(0) }) },
      'closing: nothing tells whether requests run, up to 9m more',
    ],
  ])('keeps the replicas and adds none while %s', (_, subject, overrides, why) => {
    expect(closed(subject, closingWith(overrides))).toEqual({ rule: 'closed', atMost: 2, keepAlive: true, why });
  });

  it.each<[string, Policy, Partial<DecisionContext>]>([
    ['in on-demand off hours', policy({ offHours: 'on-demand' }), {}],
    ['in business hours', dark, { calendar: calendar() }],
    [
      'once the next window is being warmed',
      dark,
      { calendar: offHours({ upcoming: { floor: 1, opensAtMs: nowMs + 1, because: 'soon' } }) },
    ],
  ])('says nothing %s', (_, subject, overrides) => {
    expect(closed(subject, closingWith(overrides))).toBeUndefined();
  });

  it('says nothing without a calendar', () => {
    expect(closed(dark, context())).toBeUndefined();
  });
});
