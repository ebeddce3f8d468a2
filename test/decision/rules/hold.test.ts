import { describe, expect, it } from 'vitest';
import { hold, lostSignals } from '../../../src/decision/rules/hold.ts';
import type { SignalPlan } from '../../../src/domain/policy.ts';
import type { Reading } from '../../../src/domain/reading.ts';
import type { Workload } from '../../../src/domain/workload.ts';
import { fresh, pod, policy, workload } from '../../support/builders.ts';
import { absent, context, failed, nowMs, plan, readings, stale } from '../../support/decision-context.ts';

const minuteMs = 60_000;
const queue = plan('queue', { target: 5 });
const partial = fresh(4, { coverage: { heard: 1, expected: 3 }, observedAtMs: nowMs - 5_000 });

describe('hold on signals', () => {
  it.each<[string, Reading | undefined, string]>([
    ['failed', failed(), 'hold at 3: queue failed (test: connection refused), 40s ago'],
    ['is stale', stale(), 'hold at 3: queue stale (test: timed out), 40s ago'],
    ['is absent', absent(), 'hold at 3: queue absent (test: no such series), 40s ago'],
    ['was not read yet', undefined, 'hold at 3: queue not read yet'],
    ['comes from some pods only', partial, 'hold at 3: queue incomplete (test: heard 1 of 3), 5s ago'],
    [
      'was read by a clock ahead of ours',
      failed({ observedAtMs: nowMs + 9_000 }),
      'hold at 3: queue failed (test: connection refused), 0ms ago',
    ],
  ])('keeps what there is while a configured signal %s', (_, reading, why) => {
    const heard = reading ? readings({ queue: reading }) : readings({});
    const bid = hold(policy({ signals: [queue] }), context({ workload: workload({ replicas: 3 }), readings: heard }));
    expect(bid).toEqual({ rule: 'hold', atLeast: 3, why });
  });

  it('names every signal that is lost', () => {
    const signals = [queue, plan('running'), plan('kvCache')];
    const heard = readings({ queue: failed(), running: fresh(1), kvCache: stale() });
    expect(hold(policy({ signals }), context({ readings: heard }))?.why).toBe(
      'hold at 1: queue failed (test: connection refused), 40s ago; kvCache stale (test: timed out), 40s ago',
    );
  });

  it.each<[string, SignalPlan, Reading, Partial<Workload>]>([
    ['the signal is complete', queue, fresh(4), {}],
    ['there is no pod that could be heard', queue, absent({ coverage: { heard: 0, expected: 0 } }), {}],
    ['no request ended that could be timed', queue, absent({ coverage: { heard: 2, expected: 2 } }), {}],
    ['nobody asked for the signal', plan('queue', { required: false }), failed(), {}],
    ['nobody asked for the signal that is incomplete', plan('queue', { required: false }), partial, {}],
    ['it is at zero', queue, failed(), { replicas: 0 }],
  ])('keeps nothing where %s', (_, signalPlan, reading, overrides) => {
    const scene = context({ workload: workload(overrides), readings: readings({ queue: reading }) });
    expect(hold(policy({ signals: [signalPlan] }), scene)).toBeUndefined();
  });

  it.each(['ignore', 'error'] as const)('leaves lost signals alone with onSignalLoss=%s', (onSignalLoss) => {
    const scene = context({ readings: readings({ queue: failed() }) });
    expect(hold(policy({ signals: [queue], onSignalLoss }), scene)).toBeUndefined();
  });

  it.each(['hold', 'ignore', 'error'] as const)(
    'holds on an incomplete signal with onSignalLoss=%s',
    (onSignalLoss) => {
      const scene = context({ readings: readings({ queue: partial }) });
      expect(hold(policy({ signals: [queue], onSignalLoss }), scene)).toMatchObject({ atLeast: 1 });
    },
  );
});

describe('hold on pods that start', () => {
  const loading = pod({ phase: 'loading', createdAtMs: nowMs - 4 * minuteMs });

  it.each<[string, Partial<Workload>, string]>([
    ['a pod loads', { pods: [loading] }, 'hold at 1: llama-0 loading for 4m of 30m'],
    [
      'a pod is pending',
      { pods: [pod({ name: 'llama-7', phase: 'pending', createdAtMs: nowMs - 90_000 })] },
      'hold at 1: llama-7 pending for 1m30s of 30m',
    ],
    [
      'an old pod has lost its readiness, as under heavy load',
      { pods: [pod({ phase: 'loading', createdAtMs: 0, notReadySinceMs: nowMs - 2 * minuteMs })] },
      'hold at 1: llama-0 loading for 2m of 30m',
    ],
    [
      'several pods start',
      {
        pods: [1, 2, 3].map((age) =>
          pod({ name: `llama-${age}`, phase: 'loading', createdAtMs: nowMs - age * minuteMs }),
        ),
      },
      'hold at 1: 3 pods not ready, the latest for 1m of 30m',
    ],
    ['a rollout is under way', { rolloutSinceMs: nowMs - minuteMs }, 'hold at 1: rollout for 1m of 30m'],
    [
      'both',
      { pods: [loading], rolloutSinceMs: nowMs - minuteMs },
      'hold at 1: rollout for 1m of 30m; llama-0 loading for 4m of 30m',
    ],
    [
      'two pods start, which are few enough to be named',
      { pods: [loading, pod({ name: 'llama-1', phase: 'pending', createdAtMs: nowMs - minuteMs })] },
      'hold at 1: llama-0 loading for 4m of 30m; llama-1 pending for 1m of 30m',
    ],
    [
      'a pod was created by a clock ahead of ours',
      { pods: [pod({ phase: 'loading', createdAtMs: nowMs + minuteMs })] },
      'hold at 1: llama-0 loading for 0ms of 30m',
    ],
    [
      'a pod has almost used up its time',
      { pods: [pod({ phase: 'loading', createdAtMs: nowMs - 30 * minuteMs + 1_000 })] },
      'hold at 1: llama-0 loading for 29m59s of 30m',
    ],
  ])('keeps what there is while %s', (_, overrides, why) => {
    expect(hold(policy(), context({ workload: workload(overrides) }))).toEqual({ rule: 'hold', atLeast: 1, why });
  });

  it.each<[string, Partial<Workload>]>([
    ['all pods are ready', {}],
    ['pods are ending', { pods: [pod({ phase: 'terminating', createdAtMs: nowMs })] }],
    [
      'a pod has been loading for startupTimeout',
      { pods: [pod({ phase: 'loading', createdAtMs: nowMs - 30 * minuteMs })] },
    ],
    ['a rollout has lasted for startupTimeout', { rolloutSinceMs: nowMs - 30 * minuteMs }],
    ['nobody knows since when a pod loads', { pods: [{ name: 'llama-0', phase: 'loading' }] }],
    ['it is at zero', { replicas: 0, pods: [loading] }],
  ])('keeps nothing where %s', (_, overrides) => {
    expect(hold(policy(), context({ workload: workload(overrides) }))).toBeUndefined();
  });
});

describe('lostSignals', () => {
  it('names configured signals without a number, and no others', () => {
    const signals = [queue, plan('running'), plan('kvCache', { required: false }), plan('gpuMemory')];
    const heard = readings({ queue: failed(), running: partial, kvCache: failed() });
    expect(lostSignals(policy({ signals }), context({ readings: heard }))).toEqual([
      'queue failed (test: connection refused), 40s ago',
      'gpuMemory not read yet',
    ]);
  });
});
