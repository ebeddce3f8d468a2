import { describe, expect, it } from 'vitest';
import { streamActivity } from '../../../src/scaler/grpc/activity-stream.ts';
import { heardTrigger } from '../../support/heard-trigger.ts';

function build() {
  const { clock, trigger, held } = heardTrigger(0);
  const hear = (active: boolean, isAtZero = true): void =>
    trigger.hear({ state: 'decided', replicas: active ? 1 : 0, active, isAtZero, decidedAtMs: clock.nowMs() });
  /** Lets time pass in which the same is decided again and again. */
  const go = async (seconds: number, active: boolean, isAtZero = true): Promise<void> => {
    for (let passed = 0; passed < seconds; passed += 1) {
      await clock.advance(1_000);
      hear(active, isAtZero);
    }
  };
  const sent: { active: boolean; afterMs: number }[] = [];
  const startMs = clock.nowMs();
  const open = (): (() => void) =>
    streamActivity(trigger, clock, (active) => sent.push({ active, afterMs: clock.nowMs() - startMs }));
  return { clock, trigger, held, hear, go, sent, open };
}

describe('streamActivity', () => {
  it('sends the current state at once, and each change with the decision that made it', async () => {
    const { clock, hear, sent, open } = build();
    hear(false);
    await clock.advance(500);
    open();
    expect(sent).toEqual([{ active: false, afterMs: 500 }]);
    await clock.advance(500);
    hear(true);
    await clock.advance(2_000);
    hear(false);
    expect(sent.slice(1)).toEqual([
      { active: true, afterMs: 1_000 },
      { active: false, afterMs: 3_000 },
    ]);
  });

  it('waits for the first decision when there is none yet', () => {
    const { hear, sent, open } = build();
    open();
    expect(sent).toEqual([]);
    hear(true);
    expect(sent).toEqual([{ active: true, afterMs: 0 }]);
  });

  it('says true again every 10 s while the workload is at zero, and no more once it is awake', async () => {
    const { hear, go, sent, open } = build();
    hear(true);
    open();
    await go(35, true);
    expect(sent.map(({ afterMs }) => afterMs)).toEqual([0, 10_000, 20_000, 30_000]);
    expect(sent.every(({ active }) => active)).toBe(true);

    hear(true, false);
    await go(60, true, false);
    expect(sent).toHaveLength(4);

    hear(true);
    await go(1, true);
    expect(sent).toHaveLength(5);
  });

  it('never says false again and again', async () => {
    const { hear, go, sent, open } = build();
    hear(false);
    open();
    await go(120, false);
    expect(sent).toHaveLength(1);
  });

  it('says nothing while it is undecided, neither false nor a repeated true', async () => {
    const { clock, trigger, hear, sent, open } = build();
    hear(true);
    open();
    trigger.hear({ state: 'undecided', reason: 'the Kubernetes API is down', decidedAtMs: clock.nowMs() });
    await clock.advance(60_000);
    expect(sent).toEqual([{ active: true, afterMs: 0 }]);

    hear(true);
    await clock.advance(0);
    expect(sent.at(-1)).toEqual({ active: true, afterMs: 60_000 });
  });

  it('says nothing while no decision follows the last', async () => {
    const { clock, hear, sent, open } = build();
    hear(true);
    open();
    await clock.advance(300_000);
    expect(sent.map(({ afterMs }) => afterMs)).toEqual([0, 10_000, 20_000, 30_000, 40_000]);
  });

  it('leaves neither listener nor timer behind when it is ended', () => {
    const { clock, trigger, held, hear, sent, open } = build();
    hear(true);
    open()();
    expect(trigger.isHeld).toBe(false);
    expect(held).toEqual([true, false]);
    expect(clock.pending).toBe(0);
    expect(sent).toHaveLength(1);
  });
});
