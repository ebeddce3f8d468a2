import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reading } from '../../../src/domain/reading.ts';
import type { SignalName } from '../../../src/domain/signal.ts';
import type { StepWindow } from '../../../src/domain/step.ts';
import type { Workload } from '../../../src/domain/workload.ts';
import { StepWatch } from '../../../src/decision/steps/step-watch.ts';
import { fresh, pod, policy, workload } from '../../support/builders.ts';
import { absent, failed, plan, readings, stale } from '../../support/decision-context.ts';
import { stepsOf } from '../../support/steps.ts';

const secondMs = 1_000;
const add = 'gpuUtilization > 70 for 2m: +1';
const remove = 'gpuUtilization < 30 for 2m: -1';

/** Watches steps over time that a test moves on, one look a second. */
class Watched {
  readonly #watch: StepWatch;
  nowMs = 1_000_000;
  replicas: Partial<Workload> = { replicas: 2 };

  constructor(steps: string, origin: Parameters<typeof plan>[1] = {}) {
    const parsed = stepsOf(steps);
    const signals = [...new Set(parsed.map(({ signal }) => signal))].map((signal) => plan(signal, origin));
    this.#watch = new StepWatch(policy({ steps: parsed, signals }), 45 * secondMs);
  }

  look(values: Partial<Record<SignalName, Reading>>): readonly (StepWindow | undefined)[] {
    this.nowMs += secondMs;
    return this.#watch.note({ nowMs: this.nowMs, workload: workload(this.replicas), readings: readings(values) });
  }

  lookFor(seconds: number, values: Partial<Record<SignalName, Reading>>): readonly (StepWindow | undefined)[] {
    let windows: readonly (StepWindow | undefined)[] = [];
    for (let second = 0; second < seconds; second += 1) windows = this.look(values);
    return windows;
  }

  forget(): void {
    this.#watch.forget();
  }
}

function gpus(mean: number, coverage = { heard: 2, expected: 2 }): { gpuUtilization: Reading } {
  return { gpuUtilization: fresh(mean * coverage.heard, { coverage }) };
}

function heldSeconds(window: StepWindow | undefined): number {
  return window ? (window.heldUntilMs - window.heldSinceMs) / secondMs : 0;
}

describe('StepWatch', () => {
  it('counts for how long a comparison has held, in slots of an eighth of its window', () => {
    const watched = new Watched(add);
    expect(watched.lookFor(15, gpus(0.8))).toEqual([undefined]);
    expect(heldSeconds(watched.look(gpus(0.8))[0])).toBe(15);
    expect(heldSeconds(watched.lookFor(105, gpus(0.9))[0])).toBe(120);
  });

  it('tells the mean over that time', () => {
    const watched = new Watched(add);
    watched.lookFor(60, gpus(0.8));
    const [window] = watched.lookFor(61, gpus(1));
    expect(window?.mean).toBeCloseTo(0.9, 10);
  });

  it('overlooks one odd reading, and not a quarter of the window', () => {
    const watched = new Watched(add);
    watched.lookFor(60, gpus(0.9));
    watched.look(gpus(0));
    expect(heldSeconds(watched.lookFor(60, gpus(0.9))[0])).toBe(120);
    expect(watched.lookFor(31, gpus(0))).toEqual([undefined]);
  });

  it('begins anew when the number of replicas changes', () => {
    const watched = new Watched(add);
    watched.lookFor(121, gpus(0.8));
    watched.replicas = { replicas: 3 };
    expect(watched.lookFor(15, gpus(0.8))).toEqual([undefined]);
    expect(heldSeconds(watched.look(gpus(0.8))[0])).toBe(15);
  });

  it('counts nothing while replicas start', () => {
    const watched = new Watched(add);
    watched.replicas = { replicas: 2, pods: [pod({ name: 'a' }), pod({ name: 'b', phase: 'loading', createdAtMs: 1_000_000 })] }; // prettier-ignore
    expect(watched.lookFor(240, gpus(1))).toEqual([undefined]);
    watched.replicas = { replicas: 2 };
    expect(heldSeconds(watched.lookFor(120, gpus(1))[0])).toBeLessThan(120);
  });

  it.each<[string, Partial<Record<SignalName, Reading>>]>([
    ['absent', { gpuUtilization: absent() }],
    ['failed', { gpuUtilization: failed() }],
    ['stale', { gpuUtilization: stale() }],
    ['not read', {}],
    ['heard from some pods', gpus(0.1, { heard: 1, expected: 2 })],
  ])('begins anew for a step that removes once a reading is %s', (_, values) => {
    const watched = new Watched(remove);
    expect(heldSeconds(watched.lookFor(121, gpus(0.1))[0])).toBe(120);
    expect(watched.look(values)).toEqual([undefined]);
    expect(watched.lookFor(15, gpus(0.1))).toEqual([undefined]);
  });

  it('goes by what is known for a step that adds, but not for longer than a slot', () => {
    const watched = new Watched(add);
    watched.lookFor(60, gpus(0.9));
    watched.lookFor(10, { gpuUtilization: failed() });
    expect(heldSeconds(watched.lookFor(61, gpus(0.8, { heard: 1, expected: 2 }))[0])).toBeGreaterThanOrEqual(120);
    expect(watched.lookFor(16, { gpuUtilization: failed() })).toEqual([undefined]);
  });

  it('shares what a connection says of the whole workload among the replicas', () => {
    const origin = { origin: { kind: 'connection', connection: 'gateway', query: 'q' } } as const;
    const watched = new Watched('queue > 5 for 8s: +1', origin);
    watched.replicas = { replicas: 4 };
    expect(watched.lookFor(9, { queue: fresh(20) })).toEqual([undefined]);
    expect(watched.lookFor(9, { queue: fresh(24) })[0]?.mean).toBe(6);
  });

  it('takes a latency as it is, and a low one only with traffic beside it', () => {
    const busy = { latencyP99: fresh(0.2), requestRate: fresh(3) };
    const watched = new Watched('latencyP99 < 1s for 8s: -1');
    expect(watched.lookFor(9, busy)[0]?.mean).toBeCloseTo(0.2, 10);
    expect(watched.look({ ...busy, requestRate: fresh(0) })).toEqual([undefined]);
    expect(watched.lookFor(20, { latencyP99: fresh(0.2) })).toEqual([undefined]);
    expect(watched.lookFor(20, { ...busy, latencyP99: fresh(0) })).toEqual([undefined]);
    const high = new Watched('latencyP99 > 1s for 8s: +1');
    expect(high.lookFor(9, { latencyP99: fresh(2) })[0]?.mean).toBe(2);
  });

  it('begins anew after a time in which nobody looked, when the clock was set back, and when the workload was lost', () => {
    for (const disturb of [
      (watched: Watched) => (watched.nowMs += 60 * secondMs),
      (watched: Watched) => (watched.nowMs -= 60 * secondMs),
      (watched: Watched) => watched.forget(),
    ]) {
      const watched = new Watched(add);
      watched.lookFor(121, gpus(0.8));
      disturb(watched);
      expect(watched.look(gpus(0.8))).toEqual([undefined]);
    }
  });

  it('never counts more than has passed since the replicas changed or the comparison failed for a slot', () => {
    const look = fc.record({ seconds: fc.integer({ min: 1, max: 60 }), mean: fc.constantFrom(0.1, 0.5, 0.9), replicas: fc.integer({ min: 1, max: 3 }) }); // prettier-ignore
    fc.assert(
      fc.property(fc.array(look, { maxLength: 12 }), (looks) => {
        const watched = new Watched(add);
        let sinceMs = watched.nowMs;
        let before = 0;
        for (const { seconds, mean, replicas } of looks) {
          if (replicas !== before || (mean < 0.7 && seconds > 30)) sinceMs = watched.nowMs;
          before = replicas;
          watched.replicas = { replicas };
          const [window] = watched.lookFor(seconds, gpus(mean));
          if (window) expect(window.heldSinceMs).toBeGreaterThanOrEqual(sinceMs);
        }
      }),
    );
  });
});
