import { describe, expect, it } from 'vitest';
import { idle } from '../../../src/decision/rules/idle.ts';
import type { Bid, DecisionContext } from '../../../src/domain/decision.ts';
import { fresh, policy, workload } from '../../support/builders.ts';
import { context, failed, nowMs, plan, readings } from '../../support/decision-context.ts';

const subject = policy({ signals: [plan('queue'), plan('running')] });
const calm = readings({ queue: fresh(0), running: fresh(0) });
const busy = readings({ queue: fresh(0), running: fresh(3) });
const asleep = workload({ replicas: 0 });

describe('idle', () => {
  it.each<[string, Partial<DecisionContext>, Omit<Bid, 'rule'>]>([
    ['keeps what works', { readings: busy }, { keepAlive: true, why: '3 requests running (test)' }],
    [
      'keeps what may be working',
      { readings: readings({ queue: fresh(0), running: failed() }), quietSinceMs: 0 },
      { keepAlive: true, why: 'running failed (test: connection refused)' },
    ],
    [
      'keeps what has been quiet for less than idleAfter',
      { readings: calm, quietSinceMs: nowMs - 119_000 },
      { keepAlive: true, why: 'quiet for 1m59s of 2m: queue 0 (test), running 0 (test)' },
    ],
    [
      'keeps what nobody has seen quiet before',
      { readings: calm },
      { keepAlive: true, why: 'quiet for 0ms of 2m: queue 0 (test), running 0 (test)' },
    ],
    [
      'keeps what has been quiet since a moment to come, by a clock that jumped',
      { readings: calm, quietSinceMs: nowMs + 5_000 },
      { keepAlive: true, why: 'quiet for 0ms of 2m: queue 0 (test), running 0 (test)' },
    ],
    [
      'lets go after idleAfter',
      { readings: calm, quietSinceMs: nowMs - 120_000 },
      { atMost: 0, why: 'quiet for 2m: queue 0 (test), running 0 (test)' },
    ],
    [
      'leaves at zero what is at zero and quiet',
      { workload: asleep, readings: calm },
      { atMost: 0, why: 'at zero: queue 0 (test), running 0 (test), no pod is ready' },
    ],
    [
      'leaves at zero what waits for less than its activation',
      { workload: asleep, readings: readings({ queue: fresh(1), running: fresh(0) }) },
      { atMost: 0, why: 'at zero: 1 request waiting (test)' },
    ],
  ])('%s', (_, overrides, bid) => {
    expect(idle(subject, context(overrides))).toEqual({ rule: 'idle', ...bid });
  });

  it('lets go at once where idleAfter is 0, once it was seen quiet', () => {
    const eager = { ...subject, idleAfterMs: 0 };
    expect(idle(eager, context({ readings: calm, quietSinceMs: nowMs }))).toMatchObject({ atMost: 0 });
    expect(idle(eager, context({ readings: calm }))).toMatchObject({ keepAlive: true });
  });
});
