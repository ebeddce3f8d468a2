import { describe, expect, it } from 'vitest';
import { steps } from '../../../src/decision/rules/steps.ts';
import { decide } from '../../../src/decision/decide.ts';
import type { Bid, DecisionContext } from '../../../src/domain/decision.ts';
import type { Policy } from '../../../src/domain/policy.ts';
import type { Reading } from '../../../src/domain/reading.ts';
import type { StepWindow } from '../../../src/domain/step.ts';
import { fresh, pod, policy, workload } from '../../support/builders.ts';
import { absent, context, failed, nowMs, plan, readings } from '../../support/decision-context.ts';
import { stepsOf } from '../../support/steps.ts';

const minuteMs = 60_000;
const add = 'gpuUtilization > 70 for 2m: +1';
const remove = 'gpuUtilization < 30 for 10m: -1';

function windowOf(heldMs: number, mean: number): StepWindow {
  return { heldSinceMs: nowMs - heldMs, heldUntilMs: nowMs, mean };
}

const long = windowOf(20 * minuteMs, 0.82);
const all = (replicas: number): Reading =>
  fresh(replicas * 0.82, { coverage: { heard: replicas, expected: replicas } });

interface Given {
  readonly steps: string;
  readonly windows?: readonly (StepWindow | undefined)[];
  readonly replicas?: number;
  readonly context?: Partial<DecisionContext>;
  readonly policy?: Partial<Policy>;
}

function place({
  steps: text,
  windows = [],
  replicas = 2,
  context: around = {},
  policy: other = {},
}: Given): Bid | undefined {
  const parsed = stepsOf(text);
  const signals = [...new Set(parsed.map(({ signal }) => signal))].map((signal) => plan(signal));
  const heard = Object.fromEntries(signals.map(({ signal }) => [signal, all(replicas)]));
  return steps(
    policy({ steps: parsed, signals, ...other }),
    context({ workload: workload({ replicas }), readings: readings(heard), stepWindows: windows, ...around }),
  );
}

describe('steps', () => {
  it('adds once its comparison has held for its window, and says what was compared', () => {
    expect(place({ steps: add, windows: [windowOf(125_000, 0.82)] })).toEqual({
      rule: 'steps',
      atLeast: 3,
      why: 'gpuUtilization 82 % per replica (test) > 70 % for 2m5s of 2m: +1, to 3',
    });
  });

  it('waits for its window, and keeps what there is meanwhile', () => {
    expect(place({ steps: add, windows: [windowOf(119_000, 0.82)] })).toEqual({
      rule: 'steps',
      atLeast: 2,
      why: `keeps 2: "${add}" is on its way`,
    });
    expect(place({ steps: add })).toMatchObject({ atLeast: 2, why: 'keeps 2: no step applies' });
  });

  it.each([
    [1, '+1', 2],
    [4, '+50%', 6],
    [3, '+50%', 5],
    [1, '+10%', 2],
    [20, '+10%', 22],
  ])('makes %d replicas, changed by %s, %d', (replicas, change, expected) => {
    const bid = place({ steps: `queue > 5 for 1m: ${change}`, replicas, windows: [long] });
    expect(bid?.atLeast).toBe(expected);
  });

  it.each([
    [2, '-1', 1],
    [1, '-1', 1],
    [3, '-5', 1],
    [10, '-25%', 8],
    [3, '-10%', 2],
    [3, '-100%', 1],
  ])('makes %d replicas, changed by %s, %d: never none', (replicas, change, expected) => {
    const bid = place({ steps: `queue < 5 for 1m: ${change}`, replicas, windows: [long] });
    expect(bid?.atLeast).toBe(expected);
  });

  it('takes the step that adds most, and any that adds before one that removes', () => {
    const graded = 'queue > 5 for 1m: +1; queue > 9 for 1m: +4; running < 5 for 1m: -1';
    expect(place({ steps: graded, windows: [long, long, long] })?.atLeast).toBe(6);
    expect(place({ steps: graded, windows: [long, undefined, long] })?.atLeast).toBe(3);
  });

  it('does not remove while a step that adds is on its way', () => {
    const both = 'latencyP99 > 2s for 1m: +1; gpuUtilization < 30 for 10m: -1';
    expect(place({ steps: both, windows: [windowOf(5_000, 3), long] })).toMatchObject({ atLeast: 2 });
    expect(place({ steps: both, windows: [undefined, long] })).toMatchObject({ atLeast: 1 });
  });

  it('takes the deepest grade of a signal, and of several signals the one that removes least', () => {
    const grades = 'gpuUtilization < 30 for 5m: -1; gpuUtilization < 5 for 5m: -3';
    expect(place({ steps: grades, replicas: 6, windows: [long, long] })?.atLeast).toBe(3);
    const signals = 'gpuUtilization < 30 for 5m: -3; queue < 1 for 5m: -1';
    expect(place({ steps: signals, replicas: 6, windows: [long, long] })?.atLeast).toBe(5);
  });

  it.each<[string, Reading | undefined]>([
    ['absent', absent()],
    ['failed', failed()],
    ['not read', undefined],
  ])('takes no step on a signal that is %s', (_, reading) => {
    const heard = readings(reading ? { gpuUtilization: reading } : {});
    for (const text of [add, remove]) {
      expect(place({ steps: text, windows: [long], context: { readings: heard } })?.atLeast).toBe(2);
    }
  });

  it('adds on what some of the pods say, and removes only on what all say', () => {
    const partly = readings({ gpuUtilization: fresh(0.8, { coverage: { heard: 1, expected: 2 } }) });
    expect(place({ steps: add, windows: [long], context: { readings: partly } })).toMatchObject({
      atLeast: 3,
      why: 'gpuUtilization 82 % per replica (test, heard 1 of 2) > 70 % for 20m of 2m: +1, to 3',
    });
    expect(place({ steps: remove, windows: [long], context: { readings: partly } })?.atLeast).toBe(2);
  });

  it.each([
    ['a pod loads', [pod({ name: 'a' }), pod({ name: 'b', phase: 'loading', createdAtMs: nowMs - minuteMs })]],
    ['a pod is missing', [pod({ name: 'a' })]],
    ['a pod waits for a node', [pod({ name: 'a' }), pod({ name: 'b', phase: 'pending', createdAtMs: nowMs })]],
  ])('takes no step while %s', (_, pods) => {
    const starting = { workload: workload({ replicas: 2, pods }) };
    for (const text of [add, remove]) {
      const bid = place({ steps: text, windows: [long], context: starting });
      expect(bid).toMatchObject({ atLeast: 2, why: 'keeps 2: no step until all are ready, 1 of 2 ready' });
    }
  });

  it('removes a pod that never got ready, and adds none beside it', () => {
    const stuck = pod({ name: 'b', phase: 'pending', createdAtMs: nowMs - 31 * minuteMs });
    const context = { workload: workload({ replicas: 2, pods: [pod({ name: 'a' }), stuck] }) };
    expect(place({ steps: remove, windows: [long], context })?.atLeast).toBe(1);
    expect(place({ steps: add, windows: [long], context })?.atLeast).toBe(2);
  });

  it('says nothing at zero, without steps, and where there has been nothing to do for idleAfter', () => {
    expect(place({ steps: add, windows: [long], replicas: 0 })).toBeUndefined();
    expect(steps(policy(), context())).toBeUndefined();
    expect(place({ steps: add, context: { quietSinceMs: nowMs - 2 * minuteMs } })).toBeUndefined();
    expect(place({ steps: add, context: { quietSinceMs: nowMs - 2 * minuteMs + 1 } })).toMatchObject({ atLeast: 2 });
  });

  it('leaves lowering to targets where no step removes', () => {
    const signals = [plan('gpuUtilization'), plan('queue', { target: 5 })];
    expect(place({ steps: add, policy: { signals } })).toBeUndefined();
    expect(place({ steps: add, windows: [long], policy: { signals } })?.atLeast).toBe(3);
    expect(place({ steps: `${add}; ${remove}`, policy: { signals } })?.atLeast).toBe(2);
  });

  it('lowers nothing that another rule asks for', () => {
    const asked = policy({ steps: stepsOf(remove), signals: [plan('gpuUtilization'), plan('queue', { target: 5 })] });
    const heard = readings({ gpuUtilization: all(4), queue: fresh(18) });
    const verdict = decide(
      asked,
      context({ workload: workload({ replicas: 4 }), readings: heard, stepWindows: [long] }),
    );
    expect(verdict).toMatchObject({ required: 3.6, rule: 'load' });
  });
});
