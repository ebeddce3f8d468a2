import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareIdleness } from '../../../src/decision/removal/idleness.ts';
import { podActivities } from '../../../src/decision/removal/pod-activity.ts';
import type { PodActivity } from '../../../src/decision/removal/pod-activity.ts';
import { removalCosts } from '../../../src/decision/removal/removal-costs.ts';
import type { Pod } from '../../../src/domain/workload.ts';
import { fresh, pod } from '../../support/builders.ts';

/** What is told of a pod, and what the pod is. */
type Told = PodActivity & Partial<Pod> & { readonly ofStatefulSet?: true };

/** Pods a, b, c … of a ReplicaSet, each with what is told of it. */
function podsOf(told: readonly Told[]): Pod[] {
  return told.map(({ createdAtMs = 0, phase = 'ready', deletionCost, ofStatefulSet }, at) => {
    const own = { name: String.fromCodePoint(97 + at), createdAtMs, phase };
    return pod({ ...own, ...(!ofStatefulSet && { ofReplicaSet: true }), ...(deletionCost && { deletionCost }) });
  });
}

function costsOf(told: readonly Told[], count: number): Record<string, number> {
  const of = (name: string): PodActivity => told[(name.codePointAt(0) ?? 0) - 97] ?? {};
  return Object.fromEntries(removalCosts(podsOf(told), { of }, count));
}

const busy = { requests: 5, gpuUtilization: 0.9 };
const idle = { requests: 0, gpuUtilization: 0 };
const someones: Told = { ...idle, deletionCost: { cost: 50, setBy: 'others' } };

describe('the deletion costs before a scale-in', () => {
  it.each<[string, Told[], number, Record<string, number>]>([
    ['the idlest pod', [busy, idle, busy], 1, { b: -1 }],
    ['the idlest pods, the idlest of them first', [{ requests: 3 }, { requests: 1 }, { requests: 9 }], 2, { b: -2, a: -1 }],
    ['pods that are alike the same', [idle, busy, idle, { requests: 1 }], 3, { a: -2, c: -2, d: -1 }],
    ['as many as there are to go, the youngest of those that are alike', [busy, { ...idle, createdAtMs: 1 }, { ...idle, createdAtMs: 2 }], 1, { c: -1 }],
    ['those that have one, of those that are alike', [busy, { ...idle, deletionCost: { cost: -1, setBy: 'us' } }, { ...idle, createdAtMs: 9 }], 1, { b: -1 }],
    ['the one whose GPUs are idler where requests are equal', [{ requests: 1, gpuUtilization: 0.2 }, { requests: 1, gpuUtilization: 0.8 }], 1, { a: -1 }],
    ['the one with fewer requests before the one with idler GPUs', [{ requests: 1, gpuUtilization: 0 }, { requests: 0, gpuUtilization: 1 }], 1, { b: -1 }],
    ['by GPUs alone where nobody tells requests', [{ gpuUtilization: 0.8 }, { gpuUtilization: 0.1 }], 1, { b: -1 }],
  ])('give %s', (_, told, count, expected) => {
    expect(costsOf(told, count)).toEqual(expected);
  }); // prettier-ignore

  it.each<[string, Told[], number, Record<string, number>]>([
    ['nobody where all are alike', [idle, idle, idle], 2, {}],
    ['nobody where GPUs differ by a hair', [{ requests: 0, gpuUtilization: 0.5 }, { requests: 0, gpuUtilization: 0.51 }], 1, {}],
    ['nobody where nothing is to go', [idle, busy], 0, {}],
    ['nobody where less than nothing is to go', [idle, busy], -3, {}],
    ['nobody where nobody was read', [{}, {}, {}], 2, {}],
    ['no pod that was not read, even where more are to go', [{}, busy], 2, { b: -1 }],
    ['no pod whose requests are not told, idle as its GPUs are', [{ gpuUtilization: 0 }, busy], 1, { b: -1 }],
    ['no pod to which somebody else has given one', [someones, busy, { requests: 1 }], 1, { c: -1 }],
    ['no pod that a StatefulSet keeps', [{ ...idle, ofStatefulSet: true }, busy, { requests: 7 }], 1, { b: -1 }],
    ['no pod that is not ready, which goes first anyway', [{ ...idle, phase: 'loading' }, { ...idle, phase: 'terminating' }, busy, { requests: 7 }], 1, { c: -1 }],
  ])('give %s', (_, told, count, expected) => {
    expect(costsOf(told, count)).toEqual(expected);
  }); // prettier-ignore

  it('take a pod with requests told and GPUs not for busier than one with both', () => {
    expect(costsOf([{ requests: 0 }, { requests: 0, gpuUtilization: 0.7 }], 1)).toEqual({ b: -1 });
    expect(costsOf([{ requests: 0 }, { requests: 1, gpuUtilization: 0 }], 1)).toEqual({ a: -1 });
  });
});

const figure = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined });
const anyPod: fc.Arbitrary<Told> = fc.record(
  {
    requests: figure,
    gpuUtilization: figure.map((tenths) => (tenths === undefined ? undefined : tenths / 3)),
    createdAtMs: fc.integer({ min: 0, max: 3 }),
    phase: fc.constantFrom('ready', 'ready', 'ready', 'loading', 'pending', 'terminating'),
    deletionCost: fc.constantFrom(undefined, { cost: -1, setBy: 'us' } as const, { cost: -9, setBy: 'others' } as const),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Told>; // prettier-ignore
const scene = fc.tuple(fc.array(anyPod, { maxLength: 20 }), fc.integer({ min: -1, max: 22 }));

describe('whatever the pods do, the costs', () => {
  it('are few, below the 0 of all others, and within an int32', () => {
    fc.assert(
      fc.property(scene, ([told, count]) => {
        const costs = Object.values(costsOf(told, count));
        expect(costs.length).toBeLessThanOrEqual(Math.max(0, count));
        for (const cost of costs) expect(cost).toSatisfy((n: number) => Number.isInteger(n) && n < 0 && n >= -20);
      }),
    );
  });

  it('never make a busier pod go before an idler one, nor one that was not read before any that was', () => {
    fc.assert(
      fc.property(scene, ([told, count]) => {
        const costs = costsOf(told, count);
        const ours = podsOf(told).filter(({ phase, deletionCost }) => phase === 'ready' && deletionCost?.setBy !== 'others');
        const ranked = ours.map(({ name }) => ({ cost: costs[name] ?? 0, activity: told[(name.codePointAt(0) ?? 0) - 97] ?? {} }));
        for (const one of ranked) for (const other of ranked) {
          if (compareIdleness(one.activity, other.activity) < 0 && Object.keys(costs).length > 0) expect(one.cost).toBeLessThanOrEqual(other.cost);
          if (one.activity.requests === undefined && one.activity.gpuUtilization === undefined) expect(one.cost).toBe(0);
        }
      }),
    ); // prettier-ignore
  });

  it('stay as they are once they stand', () => {
    fc.assert(
      fc.property(scene, ([told, count]) => {
        const first = costsOf(told, count);
        const standing = told.map((one, at) => {
          const cost = first[String.fromCodePoint(97 + at)];
          const kept = one.deletionCost?.setBy === 'others' ? one.deletionCost : undefined;
          return { ...one, deletionCost: cost === undefined ? kept : { cost, setBy: 'us' } } as Told;
        });
        expect(costsOf(standing, count)).toEqual(first);
      }),
    );
  });
});

describe('what pods do', () => {
  const byPod = new Map([['a', 3]]);

  it('is what fresh readings tell of each, and nothing of a pod that was not heard', () => {
    const told = podActivities([new Map([['running', fresh(3, { byPod })], ['gpuUtilization', fresh(1, { byPod: new Map([['b', 0.5]]) })]])]); // prettier-ignore
    expect(['a', 'b', 'c'].map((name) => told.of(name))).toEqual([{ requests: 3 }, { gpuUtilization: 0.5 }, {}]);
  });

  it('is what another trigger of the ScaledObject reads, or requests inside, where nobody tells those that run', () => {
    expect(podActivities([new Map(), new Map([['running', fresh(3, { byPod })]])]).of('a')).toEqual({ requests: 3 });
    expect(podActivities([new Map([['concurrency', fresh(3, { byPod })]])]).of('a')).toEqual({ requests: 3 });
  });

  it('is not told by a reading that is stale, or of no pods', () => {
    const stale = { ...fresh(3), state: 'stale', lastValue: 3, reason: 'refused' } as const;
    expect(podActivities([new Map([['running', stale]])]).of('a')).toEqual({});
    expect(podActivities([new Map([['running', fresh(3)]])]).of('a')).toEqual({});
  });
});
