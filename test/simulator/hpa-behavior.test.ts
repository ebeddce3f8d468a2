import { describe, expect, it } from 'vitest';
import { freshHpa } from '../../src/simulator/hpa-behavior.ts';
import type { HpaBehavior } from '../../src/simulator/hpa-behavior.ts';
import { syncHpa } from '../../src/simulator/hpa.ts';
import type { HpaSpec } from '../../src/simulator/hpa.ts';

/** When an HPA syncs, and what the metric says then. */
type Moment = readonly [atSeconds: number, value: number];

function hpa(behavior?: HpaBehavior): HpaSpec {
  const target = { type: 'AverageValue', value: 1 } as const;
  return { minReplicas: 1, maxReplicas: 1_000, target, ...(behavior && { behavior }) };
}

/** What a new HPA makes of `replicas`, sync by sync. */
function play(spec: HpaSpec, replicas: number, ...moments: Moment[]): string[] {
  let state = freshHpa;
  let current = replicas;
  return moments.map(([atSeconds, value]) => {
    const sync = { nowMs: atSeconds * 1_000, replicas: current, readyReplicas: current, values: [value] };
    const outcome = syncHpa(spec, state, sync);
    ({ state, replicas: current } = outcome);
    return `${current} ${outcome.reason}`;
  });
}

describe('without a behavior', () => {
  it.each([
    [1, 10, '4 ScaleUpLimit'],
    [2, 4, '4 DesiredWithinRange'],
    [4, 10, '8 ScaleUpLimit'],
    [5, 9, '9 DesiredWithinRange'],
  ])('%d replicas grow to double or 4 at most: for %d to %s', (replicas, value, outcome) => {
    expect(play(hpa(), replicas, [0, value])).toEqual([outcome]);
  });

  it('may double at every sync, however soon', () => {
    expect(play(hpa(), 4, [0, 90], [1, 90], [2, 90])).toEqual(['8 ScaleUpLimit', '16 ScaleUpLimit', '32 ScaleUpLimit']);
  });

  it('keeps to the highest recommendation of 5 minutes, to the millisecond', () => {
    const outcomes = play(hpa(), 10, [0, 10], [1, 2], [300, 2], [300.001, 2]);
    expect(outcomes.map(Number.parseFloat)).toEqual([10, 10, 10, 2]);
  });

  it('scales in at once where there is nothing to remember', () => {
    expect(play(hpa(), 10, [0, 2])).toEqual(['2 DesiredWithinRange']);
  });
});

describe('with a behavior, what it does not say is the documented default', () => {
  it.each([
    [1, 20, '5 ScaleUpLimit'],
    [3, 20, '7 ScaleUpLimit'],
    [10, 50, '20 ScaleUpLimit'],
    [10, 20, '20 DesiredWithinRange'],
  ])('%d replicas grow by 4 or to double: for %d to %s', (replicas, value, outcome) => {
    expect(play(hpa({}), replicas, [0, value])).toEqual([outcome]);
  });

  it('counts what was added within the last 15 s', () => {
    expect(play(hpa({}), 1, [0, 90], [5, 90], [14.999, 90], [15, 90])).toEqual([
      '5 ScaleUpLimit',
      '5 ScaleUpLimit',
      '5 ScaleUpLimit',
      '10 ScaleUpLimit',
    ]);
  });

  it('counts what was added to reach the minimum', () => {
    const spec = { ...hpa({}), minReplicas: 3 };
    expect(play(spec, 1, [0, 90], [5, 90])).toEqual(['3 TooFewReplicas', '5 ScaleUpLimit']);
  });

  it('forgets a recommendation that is 5 minutes old, to the millisecond', () => {
    const outcomes = play(hpa({}), 10, [0, 10], [299.999, 2], [300, 2]);
    expect(outcomes.map(Number.parseFloat)).toEqual([10, 10, 2]);
  });
});

describe('scaling policies', () => {
  const pods = { type: 'Pods', value: 2, periodSeconds: 60 } as const;
  const percent = { type: 'Percent', value: 50, periodSeconds: 60 } as const;

  it.each<[string, HpaBehavior['scaleUp'], string]>([
    ['the one that allows most', { policies: [pods, percent] }, '15 ScaleUpLimit'],
    ['the one that allows least', { policies: [pods, percent], selectPolicy: 'Min' }, '12 ScaleUpLimit'],
    ['none', { selectPolicy: 'Disabled' }, '10 ScaleUpLimit'],
    ['a percentage, rounded up', { policies: [{ ...percent, value: 1 }] }, '11 ScaleUpLimit'],
  ])('scale out by %s', (_, scaleUp, outcome) => {
    expect(play(hpa({ scaleUp: { ...scaleUp } }), 10, [0, 90])).toEqual([outcome]);
  });

  it.each<[string, HpaBehavior['scaleDown'], string]>([
    ['the one that allows most', { policies: [pods, percent] }, '5 ScaleDownLimit'],
    ['the one that allows least', { policies: [pods, percent], selectPolicy: 'Min' }, '8 ScaleDownLimit'],
    ['none', { selectPolicy: 'Disabled' }, '10 ScaleDownLimit'],
    ['a percentage, rounded down', { policies: [{ ...percent, value: 75 }] }, '2 ScaleDownLimit'],
  ])('scale in by %s', (_, scaleDown, outcome) => {
    expect(play(hpa({ scaleDown: { ...scaleDown } }), 10, [0, 1])).toEqual([outcome]);
  });

  it('count what was removed within their period', () => {
    const scaleDown = { stabilizationWindowSeconds: 0, policies: [{ ...pods, value: 1 }] };
    const outcomes = play(hpa({ scaleDown }), 5, [0, 1], [30, 1], [60, 1], [120, 1]);
    expect(outcomes.map(Number.parseFloat)).toEqual([4, 4, 3, 2]);
  });

  it('never turn scale-out into scale-in, or the reverse, because of what was done before', () => {
    const spec = hpa({ scaleUp: { policies: [pods] }, scaleDown: { policies: [pods], stabilizationWindowSeconds: 0 } });
    const eight = [{ atMs: 0, replicas: 8 }];
    const out = { nowMs: 1_000, replicas: 10, readyReplicas: 10, values: [20] };
    expect(syncHpa(spec, { ...freshHpa, added: eight }, out)).toMatchObject({ replicas: 10, reason: 'ScaleUpLimit' });
    const back = { nowMs: 1_000, replicas: 3, readyReplicas: 3, values: [1] };
    expect(syncHpa(spec, { ...freshHpa, removed: eight }, back)).toMatchObject({
      replicas: 3,
      reason: 'ScaleDownLimit',
    });
  });
});

describe('stabilization windows', () => {
  it('let scale-out wait for the lowest of them', () => {
    const spec = hpa({ scaleUp: { stabilizationWindowSeconds: 60 } });
    const outcomes = play(spec, 2, [0, 2], [30, 5], [59.999, 5], [60, 5]);
    expect(outcomes.map(Number.parseFloat)).toEqual([2, 2, 2, 5]);
  });

  it('let scale-in wait for the highest of them', () => {
    const spec = hpa({ scaleDown: { stabilizationWindowSeconds: 60 } });
    const outcomes = play(spec, 8, [0, 8], [30, 4], [60, 2], [89.999, 2], [90, 2]);
    expect(outcomes.map(Number.parseFloat)).toEqual([8, 8, 4, 4, 2]);
  });

  it('may be as long as an hour', () => {
    const spec = hpa({ scaleDown: { stabilizationWindowSeconds: 3_600 } });
    const outcomes = play(spec, 8, [0, 8], [2_000, 2], [3_599, 2], [3_600, 2]);
    expect(outcomes.map(Number.parseFloat)).toEqual([8, 8, 8, 2]);
  });
});
