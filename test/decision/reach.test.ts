import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reach } from '../../src/decision/reach.ts';
import type { Workload } from '../../src/domain/workload.ts';
import { freshHpa } from '../../src/simulator/hpa-behavior.ts';
import { syncHpa } from '../../src/simulator/hpa.ts';
import type { HpaSpec } from '../../src/simulator/hpa.ts';
import { pod, workload } from '../support/builders.ts';

interface Tolerance {
  readonly up: number;
  readonly down: number;
}

const usual: Tolerance = { up: 0.1, down: 0.1 };
const exact: Tolerance = { up: 0, down: 0 };

/** An HPA that KEDA made, without rate limits, so that one sync shows where it is going. */
function hpa(tolerance: Tolerance): HpaSpec {
  const policies = [{ type: 'Pods', value: 1_000_000, periodSeconds: 15 }] as const;
  return {
    minReplicas: 1,
    maxReplicas: 1_000_000,
    target: { type: 'AverageValue', value: 1 },
    behavior: {
      scaleUp: { tolerance: tolerance.up, policies },
      scaleDown: { tolerance: tolerance.down, policies, stabilizationWindowSeconds: 0 },
    },
  };
}

function made(spec: HpaSpec, replicas: number, emitted: number): number {
  return syncHpa(spec, freshHpa, { nowMs: 0, replicas, readyReplicas: replicas, values: [emitted] }).replicas;
}

const single = workload({ pods: [] });

function tolerating({ up, down }: Tolerance): Partial<Workload> {
  return { hpa: { minReplicas: 1, maxReplicas: 1_000_000, scaleUpTolerance: up, scaleDownTolerance: down } };
}

function standing(replicas: number, overrides: Partial<Workload> = {}): Workload {
  return { ...single, replicas, ...overrides };
}

/**
 * The first few pairs up to 1,000, as `current wanted`, for which `isRight` does not hold.
 * @param within how far from `current` to look, as a ratio
 */
function wrongPairs(isRight: (current: number, wanted: number) => boolean, within = Infinity): string[] {
  const wrong: string[] = [];
  for (let current = 1; current <= 1_000; current += 1) {
    const most = Math.min(1_000, current * (1 + within));
    for (let wanted = Math.max(1, Math.floor(current * (1 - within))); wanted <= most; wanted += 1) {
      if (wrong.length < 10 && !isRight(current, wanted)) wrong.push(`${current} ${wanted}`);
    }
  }
  return wrong;
}

describe('reach, for current and wanted numbers of replicas up to 1,000', () => {
  it('gets from every number to every floor, and at most the tolerance above it', () => {
    const spec = hpa(usual);
    const wrong = wrongPairs((current, wanted) => {
      const { emitted } = reach({ required: wanted, atLeast: wanted, atMost: Infinity }, standing(current));
      // Far from the tolerance the model has nothing to add, so it is asked now and then only.
      const isFar = Math.abs(wanted / current - 1) > 0.3;
      if (isFar && (current + wanted) % 16 > 0) return emitted === wanted;
      const replicas = made(spec, current, emitted);
      return wanted <= replicas && replicas <= (wanted >= current ? wanted * 1.1 : isFar ? wanted : current);
    });

    expect(wrong).toEqual([]);
  });

  it('gets under every ceiling, and no further than it has to', () => {
    const spec = hpa(usual);
    const wrong = wrongPairs((current, wanted) => {
      const ceiling = { required: wanted, atLeast: 0, atMost: wanted };
      const replicas = made(spec, current, reach(ceiling, standing(current)).emitted);
      return wanted * 0.9 - 1 <= replicas && replicas <= wanted;
    }, 0.3);

    expect(wrong).toEqual([]);
  });

  it('is exact where the tolerance is 0', () => {
    const spec = hpa(exact);
    const wrong = wrongPairs((current, wanted) => {
      const pinned = { required: wanted, atLeast: wanted, atMost: wanted };
      const { emitted } = reach(pinned, standing(current, tolerating(exact)));
      return emitted === wanted && made(spec, current, emitted) === wanted;
    }, 0.3);

    expect(wrong).toEqual([]);
  });
});

describe('reach', () => {
  it.each([
    ['a floor from just below', 20, { required: 21, atLeast: 21 }, 22.001, 'the HPA does not tell 21 from 20; 22.001 makes it at least 21'], // prettier-ignore
    ['a floor that load is above, if not by enough', 20, { required: 21.7, atLeast: 21 }, 22.001, 'the HPA does not tell 21.7 from 20; 22.001 makes it at least 21'], // prettier-ignore
    ['a ceiling from just above', 22, { required: 20, atMost: 20 }, 19.799, 'the HPA does not tell 20 from 22; 19.799 makes it at most 20'], // prettier-ignore
    ['one more at a low number', 9, { required: 10, atLeast: 10 }, 10, undefined],
    ['load within the tolerance', 20, { required: 21.7 }, 21.7, undefined],
    ['a floor that lies below', 22, { required: 21, atLeast: 21 }, 21, undefined],
    ['a workload at zero', 0, { required: 21, atLeast: 21 }, 21, undefined],
    ['nothing', 20, { required: 0 }, 0, undefined],
  ])('answers %s', (_case, replicas, limits, ...[emitted, emittedBecause]) => {
    const settled = { atLeast: 0, atMost: Infinity, ...limits };
    expect(reach(settled, standing(replicas))).toEqual({ emitted, ...(emittedBecause && { emittedBecause }) });
  });

  it('never passes a ceiling for a floor: it stays, and says what would mend it', () => {
    const pinned = { required: 21, atLeast: 21, atMost: 21 };
    const emittedBecause =
      "the HPA's tolerance puts 21 out of reach from 20 without passing 21; a tolerance of 0 in its behavior mends that";
    expect(reach(pinned, standing(20))).toEqual({ emitted: 21, emittedBecause });
    expect(made(hpa(usual), 20, 21)).toBe(20);
  });

  it('passes a ceiling at which maxReplicaCount stops the HPA anyway', () => {
    const pinned = { required: 21, atLeast: 21, atMost: 21 };
    expect(reach(pinned, standing(20, { maxReplicas: 21 })).emitted).toBe(22.001);
  });

  it('is content with maxReplicaCount where a floor is above it', () => {
    expect(reach({ required: 30, atLeast: 30, atMost: Infinity }, standing(20, { maxReplicas: 20 })).emitted).toBe(30);
    expect(reach({ required: 21, atLeast: 21, atMost: Infinity }, standing(20, { maxReplicas: 20 })).emitted).toBe(21);
  });

  it('counts the pods that came so far as well as those asked for, since the HPA takes those for the replicas there are', () => {
    const pods = Array.from({ length: 20 }, (_, index) => pod({ name: `llama-${index}` }));
    const gone = pod({ name: 'llama-gone', phase: 'terminating' });
    const { emitted } = reach({ required: 21, atLeast: 21, atMost: Infinity }, standing(23, { pods: [...pods, gone] }));

    expect(made(hpa(usual), 20, emitted)).toBeGreaterThanOrEqual(21);
    expect(made(hpa(usual), 23, emitted)).toBeGreaterThanOrEqual(21);
  });

  it('takes the tolerance of the cluster for an HPA that has none of its own', () => {
    const floor = { required: 21, atLeast: 21, atMost: Infinity };
    expect(reach(floor, standing(20), 0.01).emitted).toBe(21);
    expect(reach(floor, standing(20), 0.2).emitted).toBe(24.001);
    expect(reach(floor, standing(20, tolerating(usual)), 0.01).emitted).toBe(22.001);
  });

  it('holds for any tolerance, either direction, fractions of load, and the older way to count', () => {
    const ratio = fc.oneof(
      fc.constant(0),
      fc.integer({ min: 1, max: 500 }).map((milli) => milli / 1_000),
    );
    const count = fc.integer({ min: 1, max: 5_000 });
    fc.assert(
      fc.property(
        fc.record({
          current: count,
          floor: count,
          more: fc.double({ min: 0, max: 9, noNaN: true }),
          up: ratio,
          down: ratio,
        }),
        ({ current, floor, more, up, down }) => {
          const required = Number((floor + more).toFixed(3));
          const tolerance = { up, down };
          const settled = { required, atLeast: floor, atMost: Infinity };
          const { emitted } = reach(settled, standing(current, tolerating(tolerance)));
          const before133 =
            Math.abs(1 - emitted / current) <= (emitted > current ? up : down) ? current : Math.ceil(emitted);
          expect(emitted).toBeGreaterThanOrEqual(required);
          expect(Math.min(before133, made(hpa(tolerance), current, emitted))).toBeGreaterThanOrEqual(floor);
          if (emitted > required) {
            // Exactly at the edge of the tolerance, floats decide.
            const less = emitted - 0.002;
            expect(made(hpa(tolerance), current, less)).toBeLessThan(floor);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
