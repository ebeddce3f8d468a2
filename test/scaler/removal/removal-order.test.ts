import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeletionCost } from '../../../src/domain/deletion-cost.ts';
import type { Pod } from '../../../src/domain/workload.ts';
import { fresh, pod } from '../../support/builders.ts';
import { queueTrigger, runScaler } from '../../support/running-scaler.ts';
import type { RunningScaler } from '../../support/running-scaler.ts';

const trigger = queueTrigger('llama', { engine: 'vllm', runningTarget: '8' });
const ours: DeletionCost = { cost: -1, setBy: 'us' };
let scaler: RunningScaler;

beforeEach(async () => {
  scaler = await runScaler();
});
afterEach(() => scaler.close());

describe('before a scale-in that it has asked for, the scaler', () => {
  it('has the idlest pods go first', async () => {
    await look({ running: { a: 9, b: 0, c: 3, d: 6 } });

    expect(scaler.deletionCosts).toEqual(['b -1']);
  });

  it('does nothing while a pod is not heard, for that lowers nothing', async () => {
    await look({ running: { a: 9, b: 4 }, names: 'a,b,c' });

    expect(scaler.deletionCosts).toEqual([]);
  });

  it('does nothing while as many are needed, or more', async () => {
    await look({ running: { a: 9, b: 9, c: 9, d: 3 } });

    expect(scaler.deletionCosts).toEqual([]);
  });

  it('takes away its own costs, and no other, when no fewer are needed any more', async () => {
    const pods = { a: ours, b: { cost: 5, setBy: 'others' } } as const;
    await look({ running: { a: 9, b: 9, c: 9, d: 3 }, costs: pods });

    expect(scaler.deletionCosts).toEqual(['a none']);
  });

  it('leaves its costs while fewer replicas are asked for already, and the pods to go have not been told', async () => {
    await look({ running: { a: 8, b: 8, c: 8, d: 0 }, costs: { d: ours }, replicas: 3 });

    expect(scaler.deletionCosts).toEqual([]);
  });

  it('leaves costs that are as they should be, and pods that go already', async () => {
    await look({ running: { a: 9, b: 0, c: 3, d: 9 }, costs: { b: ours, e: ours }, leaving: ['e'] });

    expect(scaler.deletionCosts).toEqual([]);
  });

  it('waits for all triggers of a ScaledObject to ask for fewer', async () => {
    const other = queueTrigger('llama', { queueTarget: '1' });
    await look({ running: { a: 9, b: 0, c: 3, d: 6 }, queue: 4, before: other });

    expect(scaler.deletionCosts).toEqual([]);
  });

  it('does nothing while the workload is not known', async () => {
    scaler.workloads.lose(trigger, 'gone');
    await scaler.keda.poll(trigger).catch(() => undefined);

    expect(scaler.deletionCosts).toEqual([]);
  });
});

it('shows on the details of a ScaledObject what its pods do, and what they cost', async () => {
  await look({ running: { a: 9, b: 0 }, costs: { b: ours } });
  const body: unknown = await (await scaler.http('/api/decisions/inference/llama')).json();

  expect(body).toMatchObject({
    triggers: [
      {
        workload: {
          pods: [
            { name: 'a', phase: 'ready', node: 'node-a', requests: 9 },
            { name: 'b', phase: 'ready', node: 'node-a', requests: 0, deletionCost: { cost: -1, setBy: 'us' } },
          ],
        },
      },
    ],
  });
  expect(JSON.stringify(body)).not.toContain('byPod');
});

interface Scene {
  readonly running: Readonly<Record<string, number>>;
  /** The pods, with commas between; those that run something where this is left out. */
  readonly names?: string;
  readonly costs?: Readonly<Record<string, DeletionCost>>;
  /** Pods that are told to stop. */
  readonly leaving?: readonly string[];
  readonly queue?: number;
  /** Asked for; as many as there are pods where this is left out. */
  readonly replicas?: number;
  /** A trigger of the same ScaledObject that is asked first. */
  readonly before?: typeof trigger;
}

/** Lets the scaler read and decide once; a replica is needed for every 8 requests. */
async function look({ running, names, costs = {}, leaving = [], queue = 0, before, ...asked }: Scene): Promise<void> {
  const letters = [...(names?.split(',') ?? Object.keys(running)), ...leaving];
  const pods = letters.map((name): Pod => {
    const cost = costs[name];
    const phase = leaving.includes(name) ? 'terminating' : 'ready';
    return pod({ name, phase, ofReplicaSet: true, ...(cost && { deletionCost: cost }) });
  });
  scaler.workloads.set(trigger, { replicas: asked.replicas ?? letters.length - leaving.length, pods });
  const byPod = new Map(Object.entries(running));
  const coverage = { heard: byPod.size, expected: letters.length - leaving.length };
  const sum = Object.values(running).reduce((total, value) => total + value, 0);
  const observedAtMs = scaler.clock.nowMs();
  const reading = fresh(sum, { byPod, coverage, observedAtMs });
  scaler.signalsOf(trigger).set({ queue, running: reading, concurrency: reading });
  if (before) await scaler.keda.poll(before);
  await scaler.keda.poll(trigger);
}
