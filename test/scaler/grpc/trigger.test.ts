import { describe, expect, it } from 'vitest';
import { heardTrigger as build } from '../../support/heard-trigger.ts';

describe('Trigger', () => {
  it('answers what it heard last, until that is too old to act on', async () => {
    const { clock, trigger } = build();
    expect(trigger.answer()).toBeUndefined();
    const decidedAtMs = clock.nowMs();
    const decided = { state: 'decided', replicas: 2.4, active: true, isAtZero: false, decidedAtMs } as const;
    trigger.hear(decided);
    await clock.advance(45_000);
    expect(trigger.answer()).toEqual(decided);
    await clock.advance(1_000);
    const reason = 'the last decision is 46s old, and none has followed it';
    expect(trigger.answer()).toEqual({ state: 'undecided', reason, decidedAtMs });
  });

  it('is warm with its first decision, and not with a reason why there is none', () => {
    const { clock, trigger } = build();
    trigger.hear(undefined);
    trigger.hear({ state: 'undecided', reason: 'gone', decidedAtMs: clock.nowMs() });
    expect(trigger.warmUp.over).toBe(false);
    trigger.hear({ state: 'decided', replicas: 0, active: false, isAtZero: true, decidedAtMs: clock.nowMs() });
    expect(trigger.warmUp.over).toBe(true);
  });

  it('is warm after a second in any case', async () => {
    const { clock, trigger } = build();
    await clock.advance(999);
    expect(trigger.warmUp.over).toBe(false);
    await clock.advance(1);
    expect(trigger.warmUp.over).toBe(true);
  });

  it('is held from the first listener to the last', () => {
    const { trigger, held } = build();
    const heard: string[] = [];
    const ends = ['a', 'b'].map((name) => trigger.subscribe(() => heard.push(name)));
    trigger.hear(undefined);
    for (const end of [...ends, ...ends]) end();
    trigger.hear(undefined);
    expect(heard).toEqual(['a', 'b']);
    expect(held).toEqual([true, false]);
  });
});
