import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ScaledObjectRef, Workload } from '../../src/domain/workload.ts';
import type { WorkloadSource } from '../../src/kubernetes/workload-source.ts';
import { pod, workload } from '../support/builders.ts';

/** One implementation in a world of its own. */
interface WorkloadWorld {
  readonly source: WorkloadSource;
  /** Makes the world look like this, in place of what it was: these workloads, and no other. */
  declare(workloads: readonly Workload[]): Promise<void>;
  /** Lets the time pass that a change may take to be seen. */
  pass(): Promise<void>;
  /** What is still open: timers and connections of the source. */
  leftovers(): number;
  end(): Promise<void>;
}

const llama = workload({
  ref: { namespace: 'inference', name: 'llama' },
  target: 'Deployment/llama',
  replicas: 3,
  minReplicas: 1,
  maxReplicas: 8,
  override: {
    state: 'set',
    override: { min: 4, max: 10, untilMs: Date.parse('2026-11-27T18:00Z'), reason: 'load test' },
  },
  pods: [
    pod({ name: 'llama-a', phase: 'ready', address: '10.0.0.1', createdAtMs: Date.parse('2026-11-23T08:00:00Z') }),
    pod({ name: 'llama-b', phase: 'loading', node: 'node-b', address: '10.0.0.2', createdAtMs: 0 }),
    { name: 'llama-c', phase: 'pending', createdAtMs: 1_000 },
    pod({ name: 'llama-d', phase: 'terminating', address: '10.0.0.4' }),
  ],
});
const phi = workload({
  ref: { namespace: 'inference', name: 'phi' },
  target: 'Deployment/phi',
  override: { state: 'invalid', text: 'min=4', problem: 'says not until when' },
  pods: [],
});
const elsewhere = workload({ ref: { namespace: 'other', name: 'llama' }, replicas: 7, pods: [] });

/** What every WorkloadSource must do, whatever it reads. `make` starts it on a world that holds `workloads`. */
export function describeWorkloadSource(
  label: string,
  make: (workloads: readonly Workload[]) => Promise<WorkloadWorld>,
): void {
  describe(`${label} as a workload source`, () => {
    let world: WorkloadWorld;

    beforeEach(async () => {
      world = await make([llama, phi, elsewhere]);
    });
    afterEach(async () => {
      await world.source.close();
      await world.end();
    });

    it('tells a workload with its pods, phases, nodes, addresses, bounds and override', async () => {
      world.source.watch(llama.ref);

      expect(sorted(await known(llama.ref))).toEqual(llama);
    });

    it('keeps workloads of the same name in different namespaces apart', async () => {
      world.source.watch(llama.ref);
      world.source.watch(elsewhere.ref);

      expect((await known(elsewhere.ref)).replicas).toBe(7);
      expect((await known(llama.ref)).replicas).toBe(3);
    });

    it('tells what is wrong with an override, and knows the workload all the same', async () => {
      world.source.watch(phi.ref);

      const problem = expect.stringMatching(/^says not until when/) as string;
      expect((await known(phi.ref)).override).toEqual({ state: 'invalid', text: 'min=4', problem });
    });

    it('does not know what nobody watches', () => {
      expect(world.source.lookup(llama.ref)).toEqual({
        state: 'unknown',
        reason: 'nobody watches ScaledObject inference/llama',
      });
    });

    it('says which ScaledObject it does not know', async () => {
      const ref = { namespace: 'inference', name: 'mistral' };
      world.source.watch(ref);

      expect(await unknownReason(ref, /inference\/mistral/)).toContain('inference/mistral');
    });

    it('tells who changed, and only that one', async () => {
      world.source.watch(llama.ref);
      world.source.watch(phi.ref);
      await known(llama.ref);
      await known(phi.ref);
      const changed: ScaledObjectRef[] = [];
      world.source.onChange((ref) => changed.push(ref));

      await world.declare([llama, { ...phi, replicas: 4 }, elsewhere]);

      await eventually(() => expect(world.source.lookup(phi.ref)).toMatchObject({ workload: { replicas: 4 } }));
      expect(new Set(changed.map(({ name }) => name))).toEqual(new Set(['phi']));
    });

    it('follows a pod through its life', async () => {
      world.source.watch(llama.ref);
      await known(llama.ref);
      const changed = vi.fn();
      world.source.onChange(changed);

      await world.declare([{ ...llama, pods: llama.pods.map((each) => ({ ...each, phase: 'ready' as const })) }, phi]);

      await eventually(() => expect(phasesOf(llama.ref)).toEqual(['ready', 'ready', 'ready', 'ready']));
      expect(changed).toHaveBeenCalledWith(llama.ref);
    });

    it('notices that a workload is gone, and that it is back', async () => {
      world.source.watch(phi.ref);
      await known(phi.ref);

      await world.declare([llama]);
      await unknownReason(phi.ref, /inference\/phi/);
      await world.declare([llama, phi]);

      expect((await known(phi.ref)).target).toBe('Deployment/phi');
    });

    it('forgets: no answer and no notice after that', async () => {
      world.source.watch(phi.ref);
      world.source.watch(llama.ref);
      await known(phi.ref);
      await known(llama.ref);
      const changed: ScaledObjectRef[] = [];
      world.source.onChange((ref) => changed.push(ref));

      world.source.forget(phi.ref);
      await world.declare([{ ...llama, replicas: 5 }, { ...phi, replicas: 5 }, elsewhere]);

      await eventually(() => expect(world.source.lookup(llama.ref)).toMatchObject({ workload: { replicas: 5 } }));
      expect(world.source.lookup(phi.ref).state).toBe('unknown');
      expect(new Set(changed.map(({ name }) => name))).toEqual(new Set(['llama']));
    });

    it('stops to tell a listener that has left', async () => {
      world.source.watch(phi.ref);
      await known(phi.ref);
      const changed = vi.fn();
      const leave = world.source.onChange(changed);

      leave();
      await world.declare([{ ...phi, replicas: 2 }]);

      await eventually(() => expect(world.source.lookup(phi.ref)).toMatchObject({ workload: { replicas: 2 } }));
      expect(changed).not.toHaveBeenCalled();
    });

    it('may be told to watch and forget twice', async () => {
      world.source.watch(phi.ref);
      world.source.watch(phi.ref);
      expect((await known(phi.ref)).replicas).toBe(1);

      world.source.forget(phi.ref);
      world.source.forget(phi.ref);

      expect(world.source.lookup(phi.ref).state).toBe('unknown');
    });

    it('leaves nothing open when it is closed', async () => {
      world.source.watch(llama.ref);
      await known(llama.ref);

      await world.source.close();

      await vi.waitFor(() => expect(world.leftovers()).toBe(0), { timeout: 5_000, interval: 10 });
    });

    /** Lets time pass until the expectation holds. */
    async function eventually(expectation: () => void): Promise<void> {
      await vi.waitFor(
        async () => {
          await world.pass();
          expectation();
        },
        { timeout: 10_000, interval: 10 },
      );
    }

    async function known(ref: ScaledObjectRef): Promise<Workload> {
      await eventually(() => expect(world.source.lookup(ref).state).toBe('known'));
      const reading = world.source.lookup(ref);
      if (reading.state !== 'known') throw new Error(reading.reason);
      return reading.workload;
    }

    async function unknownReason(ref: ScaledObjectRef, pattern: RegExp): Promise<string> {
      await eventually(() =>
        expect(world.source.lookup(ref)).toMatchObject({ reason: expect.stringMatching(pattern) as string }),
      );
      const reading = world.source.lookup(ref);
      return reading.state === 'unknown' ? reading.reason : '';
    }

    function phasesOf(ref: ScaledObjectRef): string[] {
      const reading = world.source.lookup(ref);
      return reading.state === 'known' ? reading.workload.pods.map(({ phase }) => phase) : [];
    }
  });
}

function sorted(found: Workload): Workload {
  return { ...found, pods: found.pods.toSorted((a, b) => a.name.localeCompare(b.name)) };
}
