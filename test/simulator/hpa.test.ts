import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freshHpa } from '../../src/simulator/hpa-behavior.ts';
import { asksForMetric, syncHpa } from '../../src/simulator/hpa.ts';
import type { HpaSpec } from '../../src/simulator/hpa.ts';

/** As KEDA makes it for a scaler that names replicas: the metric is divided by 1. */
const spec: HpaSpec = { minReplicas: 1, maxReplicas: 100, target: { type: 'AverageValue', value: 1 } };
const exact: HpaSpec = { ...spec, behavior: { scaleUp: { tolerance: 0 }, scaleDown: { tolerance: 0 } } };

interface Desired {
  readonly replicas: number;
  readonly reason: string;
}

/** The first sync of a new HPA, with all replicas ready. */
function sync(subject: HpaSpec, replicas: number, ...values: number[]): Desired {
  const outcome = syncHpa(subject, freshHpa, { nowMs: 0, replicas, readyReplicas: replicas, values });
  return { replicas: outcome.replicas, reason: outcome.reason };
}

describe('tolerance', () => {
  it.each([
    [10, 8, 8],
    [10, 9, 10],
    [10, 11, 10],
    [10, 12, 12],
    [20, 17, 17],
    [20, 18, 20],
    [20, 22, 20],
    [20, 23, 23],
    [22, 24, 22],
    [88, 89, 88],
    [10, 11.001, 12],
    [10, 8.999, 9],
  ])('at %d replicas a metric of %d makes %d', (replicas, value, wanted) => {
    expect(sync(spec, replicas, value).replicas).toBe(wanted);
  });

  it('never hides one replica more up to 9', () => {
    for (let replicas = 1; replicas <= 9; replicas += 1) {
      expect(sync(spec, replicas, replicas + 1).replicas).toBe(replicas + 1);
    }
  });

  it.each([
    [10, 9, 9],
    [10, 11, 11],
    [22, 24, 24],
    [88, 89, 89],
    [88, 88, 88],
  ])('of 0 is exact: at %d replicas a metric of %d makes %d', (replicas, value, wanted) => {
    expect(sync(exact, replicas, value).replicas).toBe(wanted);
  });

  it('is a setting of each direction', () => {
    const up: HpaSpec = { ...spec, behavior: { scaleUp: { tolerance: 0 } } };
    expect(sync(up, 20, 21).replicas).toBe(21);
    expect(sync(up, 20, 18).replicas).toBe(20);
  });
});

describe('the metric', () => {
  it.each<[string, readonly number[], number]>([
    ['is rounded up', [2.4], 3],
    ['is rounded up from a thousandth', [2.001], 3],
    ['counts in thousandths, rounded up', [2.0004], 3],
    ['ignores what floats make up', [2.000_000_1], 2],
    ['is the sum of its values', [1, 1.5], 3],
  ])('%s', (_, values, wanted) => {
    expect(sync(spec, 4, ...values)).toEqual({ replicas: wanted, reason: 'DesiredWithinRange' });
  });

  it('is divided by an AverageValue, whatever is ready', () => {
    const average: HpaSpec = { ...spec, target: { type: 'AverageValue', value: 5 } };
    const outcome = syncHpa(average, freshHpa, { nowMs: 0, replicas: 2, readyReplicas: 0, values: [12] });
    expect(outcome.replicas).toBe(3);
  });

  it('scales the ready replicas by its ratio to a Value', () => {
    const value: HpaSpec = { ...spec, target: { type: 'Value', value: 10 } };
    const at = (readyReplicas: number): number =>
      syncHpa(value, freshHpa, { nowMs: 0, replicas: 4, readyReplicas, values: [20] }).replicas;
    expect([at(4), at(3), at(1)]).toEqual([8, 6, 2]);
  });

  it('leaves the replicas, and what is remembered, where it could not be read', () => {
    const state = { recommendations: [{ atMs: 0, replicas: 7 }], added: [], removed: [] };
    const outcome = syncHpa(spec, state, { nowMs: 1, replicas: 3, readyReplicas: 3, values: undefined });
    expect(outcome).toEqual({ replicas: 3, reason: 'FailedGetExternalMetric', state });
  });
});

describe('bounds', () => {
  it.each([
    ['at zero', 0, 9, { replicas: 0, reason: 'ScalingDisabled' }, false],
    ['above the maximum', 101, 1, { replicas: 100, reason: 'TooManyReplicas' }, false],
    ['below the minimum', 1, 9, { replicas: 2, reason: 'TooFewReplicas' }, false],
    ['at the maximum', 100, 100, { replicas: 100, reason: 'DesiredWithinRange' }, true],
    ['where less than the minimum is wanted', 5, 0, { replicas: 2, reason: 'TooFewReplicas' }, true],
    ['where more than the maximum is wanted', 90, 300, { replicas: 100, reason: 'TooManyReplicas' }, true],
  ])('count %s', (...[, replicas, value, desired, asked]) => {
    const bounded = { ...spec, minReplicas: 2 };
    expect(sync(bounded, replicas, value)).toEqual(desired);
    expect(asksForMetric(bounded, replicas)).toBe(asked);
  });

  it('count without a metric', () => {
    const outcome = syncHpa(spec, freshHpa, { nowMs: 0, replicas: 101, readyReplicas: 0, values: undefined });
    expect(outcome).toMatchObject({ replicas: 100, reason: 'TooManyReplicas' });
  });
});

describe('syncHpa, for random metrics', () => {
  const replicas = fc.integer({ min: 1, max: 100 });
  const value = fc.double({ min: 0, max: 500, noNaN: true });

  it('stays within bounds, and never at more than double', () => {
    fc.assert(
      fc.property(replicas, value, (current, metric) => {
        const desired = sync(spec, current, metric).replicas;
        expect(desired).toBeGreaterThanOrEqual(1);
        expect(desired).toBeLessThanOrEqual(Math.min(100, Math.max(4, 2 * current)));
      }),
    );
  });

  it('follows the metric exactly within its limits, where no difference is tolerated', () => {
    fc.assert(
      fc.property(replicas, fc.integer({ min: 1, max: 100 }), (current, metric) => {
        const limit = Math.max(current + 4, 2 * current);
        expect(sync(exact, current, metric).replicas).toBe(Math.min(metric, limit));
      }),
    );
  });
});
