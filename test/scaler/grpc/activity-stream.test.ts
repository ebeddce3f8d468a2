import { describe, expect, it } from 'vitest';
import { streamActivity } from '../../../src/scaler/grpc/activity-stream.ts';
import { Endpoint } from '../../../src/scaler/trigger/endpoint.ts';
import { ReadTurns } from '../../../src/scaler/trigger/read-turns.ts';
import { WarmUp } from '../../../src/scaler/trigger/warm-up.ts';
import { policy } from '../../support/builders.ts';
import { FakeSignals } from '../../support/fake-signals.ts';
import { FakeWorkloads } from '../../support/fake-workloads.ts';
import { HandClock } from '../../support/hand-clock.ts';

const ref = { namespace: 'inference', name: 'llama' };

function build() {
  const clock = new HandClock('2026-03-03T10:00:00Z');
  const workloads = new FakeWorkloads();
  const signals = new FakeSignals(clock);
  const origin = { kind: 'connection', connection: 'gateway', query: 'q' } as const;
  const endpoint = new Endpoint({
    ref,
    policy: policy({ signals: [{ signal: 'queue', origin, target: 5, required: true }], idleAfterMs: 0 }),
    signals,
    workloads,
    timing: { clock, turns: new ReadTurns(clock, 700), readIntervalMs: 1_000, phase: 0, staleAfterMs: 45_000 },
    warmUp: new WarmUp(clock, 1_000),
    hpaTolerance: 0.1,
    onDecision: () => undefined,
  });
  const sent: { active: boolean; afterMs: number }[] = [];
  const startMs = clock.nowMs();
  const open = (): (() => void) =>
    streamActivity(endpoint, clock, (active) => sent.push({ active, afterMs: clock.nowMs() - startMs }));
  return { clock, workloads, signals, endpoint, sent, open };
}

describe('streamActivity', () => {
  it('sends the current state at once, and each change with the decision that made it', async () => {
    const { clock, workloads, signals, endpoint, sent, open } = build();
    workloads.set(ref, { replicas: 0, pods: [] });
    signals.set({ queue: 0 });
    endpoint.start();
    await clock.advance(500);
    open();
    expect(sent).toEqual([{ active: false, afterMs: 500 }]);
    signals.set({ queue: 1 });
    await clock.advance(2_000);
    signals.set({ queue: 0 });
    await clock.advance(1_000);
    expect(sent.slice(1)).toEqual([
      { active: true, afterMs: 1_000 },
      { active: false, afterMs: 3_000 },
    ]);
  });

  it('waits for the first decision when there is none yet', async () => {
    const { clock, workloads, signals, endpoint, sent, open } = build();
    workloads.set(ref, { replicas: 0, pods: [] });
    signals.set({ queue: 3 });
    open();
    expect(sent).toEqual([]);
    endpoint.start();
    await clock.advance(0);
    expect(sent).toEqual([{ active: true, afterMs: 0 }]);
  });

  it('says true again every 10 s while the workload is at zero, and no more once it is awake', async () => {
    const { clock, workloads, signals, endpoint, sent, open } = build();
    workloads.set(ref, { replicas: 0, pods: [] });
    signals.set({ queue: 3 });
    endpoint.start();
    await clock.advance(0);
    open();
    await clock.advance(35_000);
    expect(sent.map(({ afterMs }) => afterMs)).toEqual([0, 10_000, 20_000, 30_000]);
    expect(sent.every(({ active }) => active)).toBe(true);

    workloads.set(ref, { replicas: 1 });
    endpoint.workloadChanged();
    await clock.advance(60_000);
    expect(sent).toHaveLength(4);

    workloads.set(ref, { replicas: 0, pods: [] });
    endpoint.workloadChanged();
    await clock.advance(0);
    expect(sent).toHaveLength(5);
  });

  it('never says false again and again', async () => {
    const { clock, workloads, signals, endpoint, sent, open } = build();
    workloads.set(ref, { replicas: 0, pods: [] });
    signals.set({ queue: 0 });
    endpoint.start();
    await clock.advance(0);
    open();
    await clock.advance(120_000);
    expect(sent).toHaveLength(1);
  });

  it('says nothing while it is undecided, neither false nor a repeated true', async () => {
    const { clock, workloads, signals, endpoint, sent, open } = build();
    workloads.set(ref, { replicas: 0, pods: [] });
    signals.set({ queue: 3 });
    endpoint.start();
    await clock.advance(0);
    open();
    workloads.lose(ref, 'the Kubernetes API is down');
    endpoint.workloadChanged();
    await clock.advance(60_000);
    expect(sent).toEqual([{ active: true, afterMs: 0 }]);

    workloads.set(ref, { replicas: 0, pods: [] });
    endpoint.workloadChanged();
    await clock.advance(0);
    expect(sent.at(-1)).toEqual({ active: true, afterMs: 60_000 });
  });

  it('leaves neither listener nor timer behind when it is ended', async () => {
    const { clock, workloads, signals, endpoint, sent, open } = build();
    workloads.set(ref, { replicas: 0, pods: [] });
    signals.set({ queue: 3 });
    endpoint.start();
    await clock.advance(0);
    open()();
    expect(endpoint.hasListeners).toBe(false);
    endpoint.close();
    expect(clock.pending).toBe(0);
    expect(sent).toHaveLength(1);
  });
});
