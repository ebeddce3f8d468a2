import { beforeEach, describe, expect, it } from 'vitest';
import { decide } from '../../../src/decision/decide.ts';
import type { DecisionContext } from '../../../src/domain/decision.ts';
import type { Policy } from '../../../src/domain/policy.ts';
import type { ScaledObjectEvent } from '../../../src/kubernetes/event-recorder.ts';
import { Announcer } from '../../../src/scaler/events/announcer.ts';
import { describeDecision } from '../../../src/scaler/events/event-text.ts';
import type { Snapshot } from '../../../src/scaler/trigger/snapshot.ts';
import { fresh, policy, workload } from '../../support/builders.ts';
import { calendar, context, failed, offHours, plan, readings } from '../../support/decision-context.ts';

const ref = { namespace: 'inference', name: 'llama' };
const queue = plan('queue', { target: 5 });
const opensAtMs = Date.parse('2026-11-23T08:00:00+01:00');
const hours: Policy['calendar'] = {
  timezone: 'Europe/Berlin',
  windows: [],
  holidays: { nameOn: () => undefined },
  extraHours: [],
  warmReplicas: 1,
};

function snapshot(overrides: Partial<DecisionContext> = {}, given: Partial<Policy> = {}): Snapshot {
  const scene = context(overrides);
  return {
    verdict: decide(policy({ signals: [queue], ...given }), scene),
    workload: { state: 'known', workload: scene.workload, observedAtMs: 0 },
    readings: scene.readings,
    ...(scene.calendar && { calendar: scene.calendar }),
  };
}

describe('describeDecision', () => {
  const upcoming = { floor: 2, opensAtMs, because: 'Mon-Fri 08:00-20:00 min=2' };
  const warming = {
    nowMs: opensAtMs - 250_000,
    calendar: offHours({ upcoming }),
    readings: readings({ queue: fresh(0) }),
  };
  const startup = { p90Ms: 220_000, pods: 4 };

  it.each<[string, Partial<DecisionContext>, Partial<Policy>, ScaledObjectEvent]>([
    ['warming', { ...warming, workload: workload({ startup }) }, {}, { type: 'Normal', reason: 'Warming', message: 'warm for Mon 08:00 Europe/Berlin: 2 replicas, 4m10s early (learned start-up 3m40s)' }], // prettier-ignore
    ['warming by a lead that was given', { ...warming, workload: workload({ startup }) }, { warmLeadMs: 250_000 }, { type: 'Normal', reason: 'Warming', message: 'warm for Mon 08:00 Europe/Berlin: 2 replicas, 4m10s early' }], // prettier-ignore
    ['a floor', { calendar: calendar({ floor: 1 }), readings: readings({ queue: fresh(0) }) }, {}, { type: 'Normal', reason: 'AtFloor', message: '1 replica: at least 1: Mon-Fri 08:00-20:00' }], // prettier-ignore
    ['load', { readings: readings({ queue: fresh(12) }) }, {}, { type: 'Normal', reason: 'ScalingOnLoad', message: '3 replicas: queue 12 (test) / 5 per replica = 2.4' }], // prettier-ignore
    ['lost signals', { readings: readings({ queue: failed() }) }, {}, { type: 'Warning', reason: 'SignalsLost', message: '1 replica: hold at 1: queue failed (test: connection refused), 40s ago' }], // prettier-ignore
    ['no decision', { readings: readings({ queue: failed() }) }, { onSignalLoss: 'error' }, { type: 'Warning', reason: 'NoDecision', message: 'no decision: onSignalLoss=error: queue failed (test: connection refused), 40s ago' }], // prettier-ignore
  ])('tells of %s', (_case, around, given, expected) => {
    const settings = { calendar: hours, signals: [queue], ...given };
    expect(describeDecision(policy(settings), snapshot(around, settings))).toEqual(expected);
  });
});

describe('Announcer', () => {
  let said: ScaledObjectEvent[];
  let announcer: Announcer;
  const busy = (nowMs: number): Snapshot => snapshot({ nowMs, readings: readings({ queue: fresh(12) }) });
  const blind = (nowMs: number): Snapshot => snapshot({ nowMs, readings: readings({ queue: failed({ observedAtMs: nowMs }) }) }); // prettier-ignore

  beforeEach(() => {
    said = [];
    announcer = new Announcer(ref, policy({ signals: [queue] }), { record: (_ref, event) => said.push(event) });
  });

  function reasons(): string[] {
    return said.map(({ reason }) => reason);
  }

  it('announces what decides when that changes, but not the first decision', () => {
    announcer.note(busy(0));
    announcer.note(busy(100_000));
    expect(said).toEqual([]);
    announcer.note(blind(200_000));
    announcer.note(blind(300_000));
    announcer.note(busy(400_000));
    expect(reasons()).toEqual(['SignalsLost', 'ScalingOnLoad']);
  });

  it('announces once a minute at most, and what still holds then', () => {
    announcer.note(busy(0));
    for (let nowMs = 60_000; nowMs < 120_000; nowMs += 1_000)
      announcer.note(nowMs % 2_000 === 0 ? blind(nowMs) : busy(nowMs));
    expect(reasons()).toEqual(['SignalsLost']);
    announcer.note(blind(120_000));
    expect(reasons()).toEqual(['SignalsLost']);
    announcer.note(busy(121_000));
    expect(reasons()).toEqual(['SignalsLost', 'ScalingOnLoad']);
  });

  it('announces a trigger that never had a decision after a minute', () => {
    const undecided = (decidedAtMs: number): Snapshot => ({
      verdict: { state: 'undecided', reason: 'not found', decidedAtMs },
      workload: { state: 'unknown', reason: 'not found' },
      readings: new Map(),
    });
    announcer.note(undecided(0));
    announcer.note(undecided(59_000));
    expect(said).toEqual([]);
    announcer.note(undecided(60_000));
    announcer.note(undecided(180_000));
    expect(said).toEqual([{ type: 'Warning', reason: 'NoDecision', message: 'no decision: not found' }]);
  });

  it('announces an override that can not be understood at once, and once', () => {
    const broken = workload({ override: { state: 'invalid', text: 'min=x', problem: 'min=x is not a whole number' } });
    const around = { workload: broken, readings: readings({ queue: fresh(12) }) };
    announcer.note(snapshot(around));
    announcer.note(snapshot(around));
    expect(said).toEqual([
      {
        type: 'Warning',
        reason: 'InvalidOverride',
        message: 'override "min=x" is ignored: min=x is not a whole number',
      },
    ]);
  });
});
