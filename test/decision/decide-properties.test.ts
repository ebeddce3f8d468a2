import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/decision/decide.ts';
import type { Bid, Decision } from '../../src/domain/decision.ts';
import { signalNames } from '../../src/domain/signal.ts';
import { lostReading, freshReading, partialReading, scene, withReading } from '../support/arbitrary-decisions.ts';
import type { Scene } from '../support/arbitrary-decisions.ts';
import { nowMs } from '../support/decision-context.ts';

const signal = fc.constantFrom(...signalNames);

/** Holds `check` against random scenes; those without a decision do not count. */
function always(scenes: fc.Arbitrary<Scene>, check: (decision: Decision, scene: Scene) => void): void {
  fc.assert(
    fc.property(scenes, (drawn) => {
      const verdict = decide(drawn.policy, drawn.context);
      fc.pre(verdict.state === 'decided');
      check(verdict, drawn);
    }),
    { numRuns: 500 },
  );
}

/** The lowest cap of the calendar's rules. */
function capOf(bids: readonly Bid[]): number {
  const caps = bids.filter(({ rule }) => rule === 'closed' || rule === 'ceiling');
  return Math.min(...caps.map(({ atMost = Infinity }) => atMost));
}

describe('decide, for random policies and contexts', () => {
  it('never lowers on what is unknown: not below the replicas there are, while a configured signal is lost', () => {
    const losing = fc
      .tuple(scene, signal, lostReading)
      .map(([drawn, name, reading]) => withReading(drawn, name, reading))
      .map(({ policy, context }) => ({ policy: { ...policy, onSignalLoss: 'hold' as const }, context }));
    always(losing, ({ required, bids }, { context }) => {
      expect(required).toBeGreaterThanOrEqual(Math.min(context.workload.replicas, capOf(bids)));
    });
  });

  it('never lowers on some of the pods, whatever the policy says of lost signals', () => {
    const partly = fc
      .tuple(scene, signal, partialReading)
      .map(([drawn, name, reading]) => withReading(drawn, name, reading));
    always(partly, ({ required, bids }, { context }) => {
      expect(required).toBeGreaterThanOrEqual(Math.min(context.workload.replicas, capOf(bids)));
    });
  });

  it('never sleeps on what is unknown, unless the calendar allows none', () => {
    const losing = fc
      .tuple(scene, signal, lostReading)
      .map(([drawn, name, reading]) => withReading(drawn, name, reading))
      .filter(({ context }) => context.workload.replicas > 0)
      .map(({ policy, context }) => ({ policy: { ...policy, onSignalLoss: 'hold' as const }, context }));
    always(losing, ({ active, bids }) => {
      expect(active || capOf(bids) === 0).toBe(true);
    });
  });

  it('answers only where every configured signal is known or the hours settle it, with onSignalLoss=error', () => {
    const losing = fc
      .tuple(scene, signal, lostReading)
      .map(([drawn, name, reading]) => withReading(drawn, name, reading))
      .filter(({ policy, context }) => policy.offHours === 'closed' && context.calendar?.open === false)
      .map(({ policy, context }) => ({ policy: { ...policy, onSignalLoss: 'error' as const }, context }));
    always(losing, ({ bids, required, active }) => {
      expect(bids).toContainEqual(expect.objectContaining({ rule: 'closed', atMost: 0 }));
      expect({ required, active }).toEqual({ required: 0, active: false });
    });
  });

  it('never passes a cap of the calendar', () => {
    always(scene, ({ required, bids }) => {
      expect(required).toBeLessThanOrEqual(capOf(bids));
    });
  });

  it('never falls short of what any rule asks for, as by a step that removes, unless the calendar caps it', () => {
    always(scene, ({ required, bids }) => {
      const asked = Math.max(0, ...bids.map(({ atLeast = 0 }) => atLeast));
      expect(required).toBeGreaterThanOrEqual(Math.min(asked, capOf(bids)));
    });
  });

  it('takes no step while replicas start, and none to zero', () => {
    always(scene, ({ bids }, { context: { workload } }) => {
      const bid = bids.find(({ rule }) => rule === 'steps');
      const starts = workload.pods.some(({ phase }) => phase === 'pending' || phase === 'loading');
      if (bid && starts) expect(bid.atLeast).toBeLessThanOrEqual(workload.replicas);
      if (bid) expect(bid.atLeast).toBeGreaterThanOrEqual(1);
    });
  });

  it('keeps to the ceiling of the window in force, unless the next window needs more', () => {
    const capped = scene.filter(({ context: { calendar } }) => calendar?.ceiling !== undefined);
    always(capped, ({ required }, { context: { calendar } }) => {
      expect(required).toBeLessThanOrEqual(Math.max(calendar?.ceiling ?? 0, calendar?.upcoming?.floor ?? 0));
    });
  });

  it('is at zero in hard-off hours once the drain timeout has passed', () => {
    const dark = scene.map(({ policy, context }) => ({
      policy: { ...policy, offHours: 'closed' as const },
      context: {
        ...context,
        calendar: { open: false, floor: 0, because: 'outside business hours', sinceMs: nowMs - policy.drainTimeoutMs },
      },
    }));
    fc.assert(
      fc.property(dark, ({ policy, context }) => {
        expect(decide(policy, context)).toMatchObject({
          state: 'decided',
          required: 0,
          active: false,
          rule: 'closed',
        });
      }),
    );
  });

  it('never needs less, and never sleeps, because there is more load', () => {
    const growing = fc.tuple(scene, signal, freshReading, fc.double({ min: 0, max: 100, noNaN: true }));
    fc.assert(
      fc.property(growing, ([drawn, name, reading, more]) => {
        const less = withReading(drawn, name, reading);
        const greater = withReading(drawn, name, { ...reading, value: reading.value + more });
        const [before, after] = [less, greater].map(({ policy, context }) => decide(policy, context));
        fc.pre(before?.state === 'decided');
        if (after?.state !== 'decided') return expect.fail('more load took the decision away');
        expect(after.required).toBeGreaterThanOrEqual(before.required);
        expect(Number(after.active)).toBeGreaterThanOrEqual(Number(before.active));
      }),
      { numRuns: 1_000 },
    );
  });

  it('says the same again, and leaves alone what it is given', () => {
    fc.assert(
      fc.property(scene, (drawn) => {
        const copy = structuredClone(drawn);
        const first = decide(drawn.policy, drawn.context);
        expect(decide(copy.policy, copy.context)).toEqual(first);
        expect(drawn).toEqual(copy);
      }),
    );
  });

  it('gives the reason of one of its bids, and a number that can be acted on', () => {
    always(scene, ({ required, active, rule, why, bids }) => {
      expect(bids.filter((bid) => bid.rule === rule).map((bid) => bid.why)).toEqual([why]);
      expect(Number.isFinite(required) && required >= 0).toBe(true);
      expect(active || required === 0).toBe(true);
    });
  });

  it('places at most one bid of each rule, and always that of idle', () => {
    always(scene, ({ bids }) => {
      const rules = bids.map(({ rule }) => rule);
      expect(new Set(rules).size).toBe(rules.length);
      expect(rules.at(-1)).toBe('idle');
    });
  });
});
