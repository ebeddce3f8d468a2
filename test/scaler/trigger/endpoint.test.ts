import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../src/domain/decision.ts';
import type { Policy, SignalPlan } from '../../../src/domain/policy.ts';
import type { WorkloadReading } from '../../../src/domain/workload.ts';
import { Endpoint } from '../../../src/scaler/trigger/endpoint.ts';
import type { Snapshot } from '../../../src/scaler/trigger/snapshot.ts';
import { ReadTurns } from '../../../src/scaler/trigger/read-turns.ts';
import { fresh, policy, workload } from '../../support/builders.ts';
import { FakeSignals } from '../../support/fake-signals.ts';
import { FakeWorkloads } from '../../support/fake-workloads.ts';
import { HandClock } from '../../support/hand-clock.ts';

const ref = { namespace: 'inference', name: 'llama' };
const queue: SignalPlan = {
  signal: 'queue',
  origin: { kind: 'connection', connection: 'gateway', query: 'q' },
  target: 5,
  required: true,
};
const running: SignalPlan = { ...queue, signal: 'running', target: 8 };
const officeHours = {
  timezone: 'Europe/Berlin',
  windows: [
    { days: [1, 2, 3, 4, 5] as const, startMinute: 480, endMinute: 1_200, min: 2, text: 'Mon-Fri 08:00-20:00 min=2' },
  ],
  holidays: { nameOn: () => undefined },
  extraHours: [],
  warmReplicas: 1,
};

function build(given: Partial<Policy> = {}, start = '2026-03-03T10:00:00Z') {
  const clock = new HandClock(start);
  const turns = new ReadTurns(clock, 700);
  const workloads = new FakeWorkloads();
  const signals = new FakeSignals(clock);
  const decisions: Snapshot[] = [];
  const endpoint = new Endpoint({
    ref,
    policy: policy({ signals: [queue, running], ...given }),
    signals,
    workloads,
    timing: {
      clock,
      turns,
      readIntervalMs: 1_000,
      phase: 0.25,
      staleAfterMs: 45_000,
    },
    hpaTolerance: 0.1,
    onDecision: (after) => decisions.push(after),
  });
  return { clock, turns, workloads, signals, endpoint, decisions };
}

function manyPods(replicas: number): WorkloadReading {
  return { state: 'known', workload: workload({ replicas }), observedAtMs: 0 };
}

function decided(endpoint: Endpoint): Decision {
  const verdict = endpoint.snapshot()?.verdict;
  if (verdict?.state !== 'decided') throw new Error(`not decided: ${verdict?.reason ?? 'no snapshot'}`);
  return verdict;
}

describe('Endpoint', () => {
  it('reads at once, and then once in every read interval', async () => {
    const { clock, workloads, signals, endpoint } = build();
    workloads.set(ref, { replicas: 1 });
    signals.set({ queue: 12, running: 3 });
    endpoint.start();
    await clock.advance(0);
    expect(signals.reads).toBe(1);
    expect(decided(endpoint).required).toBeCloseTo(2.4);

    await clock.advance(10_000);
    expect(signals.reads).toBe(11);
  });

  it('waits for its turn where many read pods, and says meanwhile that nothing was read', async () => {
    const origin = { kind: 'engine', engine: 'vllm', port: 8_000, path: '/metrics' } as const;
    const { clock, turns, workloads, signals, endpoint } = build({ signals: [{ ...running, origin }] });
    workloads.set(ref, { replicas: 2 });
    turns.ask(endpoint.policy, manyPods(1_470), (leave) => leave());

    endpoint.start();
    await clock.advance(1_900);
    expect(signals.reads).toBe(0);
    expect(endpoint.snapshot()).toBeUndefined();

    await clock.advance(200);
    expect(signals.reads).toBe(1);
  });

  it('does not read after all when it is closed before its turn', async () => {
    const origin = { kind: 'engine', engine: 'vllm', port: 8_000, path: '/metrics' } as const;
    const { clock, turns, workloads, signals, endpoint } = build({ signals: [{ ...running, origin }] });
    workloads.set(ref, { replicas: 2 });
    turns.ask(endpoint.policy, manyPods(1_470), (leave) => leave());

    endpoint.start();
    endpoint.close();
    await clock.advance(10_000);

    expect(signals.reads).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('does not begin a read while one is under way, and keeps to its grid afterwards', async () => {
    const { clock, workloads, signals, endpoint } = build();
    workloads.set(ref, { replicas: 1 });
    let open: () => void = () => undefined;
    signals.gate = new Promise((resolve) => {
      open = resolve;
    });
    endpoint.start();
    await clock.advance(5_600);
    expect(signals.reads).toBe(1);

    signals.gate = undefined;
    open();
    await clock.advance(0);
    await clock.advance(649);
    expect(signals.reads).toBe(1);
    await clock.advance(1);
    expect(signals.reads).toBe(2);
  });

  it('answers nothing before its first decision', async () => {
    const { clock, workloads, endpoint, signals } = build();
    workloads.set(ref, { replicas: 1 });
    signals.set({ queue: 0, running: 1 });
    expect(endpoint.snapshot()).toBeUndefined();
    endpoint.start();
    await clock.advance(0);
    expect(endpoint.snapshot()?.verdict.state).toBe('decided');
  });

  it('is undecided with the reason while its workload is unknown, and reads as soon as it is known', async () => {
    const { clock, workloads, signals, endpoint } = build();
    signals.set({ queue: 0, running: 1 });
    endpoint.start();
    await clock.advance(0);
    expect(endpoint.snapshot()?.verdict).toMatchObject({
      state: 'undecided',
      reason: 'inference/llama was never seen',
    });
    expect(signals.reads).toBe(0);

    workloads.set(ref, { replicas: 1 });
    endpoint.workloadChanged();
    await clock.advance(0);
    expect(decided(endpoint).active).toBe(true);
  });

  it('decides anew when its workload changes, without waiting for the next read', async () => {
    const { clock, workloads, signals, endpoint, decisions } = build();
    workloads.set(ref, { replicas: 3 });
    signals.set({ queue: 1, running: 1 });
    endpoint.start();
    await clock.advance(0);
    const before = decisions.length;
    workloads.lose(ref, 'the Kubernetes API has not answered for 5m');
    endpoint.workloadChanged();
    expect(decisions).toHaveLength(before + 1);
    expect(endpoint.snapshot()?.verdict).toMatchObject({ reason: 'the Kubernetes API has not answered for 5m' });
  });

  it('counts quiet time from its first quiet read, and starts over when work shows up or the workload is unknown', async () => {
    const { clock, workloads, signals, endpoint } = build({ idleAfterMs: 60_000 });
    workloads.set(ref, { replicas: 1 });
    signals.set({ queue: 0, running: 0 });
    endpoint.start();
    await clock.advance(59_000);
    expect(decided(endpoint).active).toBe(true);
    await clock.advance(2_000);
    expect(decided(endpoint).active).toBe(false);

    signals.set({ queue: 0, running: 1 });
    await clock.advance(1_000);
    signals.set({ queue: 0, running: 0 });
    await clock.advance(59_000);
    expect(decided(endpoint).active).toBe(true);
    workloads.lose(ref, 'gone');
    endpoint.workloadChanged();
    workloads.set(ref, { replicas: 1 });
    endpoint.workloadChanged();
    await clock.advance(59_000);
    expect(decided(endpoint).active).toBe(true);
    await clock.advance(2_000);
    expect(decided(endpoint).active).toBe(false);
  });

  it.each([
    { lead: 600_000, risesAt: '2026-03-03T06:50:00Z' },
    { lead: 'auto' as const, risesAt: '2026-03-03T06:55:00Z' },
    { lead: 0, risesAt: '2026-03-03T07:00:00Z' },
  ])(
    'asks for the floor of a window when its lead of $lead begins, though no read falls on it',
    async ({ lead, risesAt }) => {
      const { clock, workloads, signals, endpoint, decisions } = build(
        { calendar: officeHours, warmLeadMs: lead, signals: [queue] },
        '2026-03-03T06:30:00.100Z',
      );
      workloads.set(ref, { replicas: 0, pods: [] });
      signals.set({ queue: 0 });
      endpoint.start();
      await clock.advance(3_600_000);
      const rise = decisions.find(({ verdict }) => verdict.state === 'decided' && verdict.required === 2);
      expect(rise?.verdict.decidedAtMs).toBeGreaterThanOrEqual(Date.parse(risesAt));
      expect(rise?.verdict.decidedAtMs).toBeLessThanOrEqual(Date.parse(risesAt) + 1);
    },
  );

  it('does not answer with a decision that nothing renews', async () => {
    const { clock, workloads, signals, endpoint } = build();
    workloads.set(ref, { replicas: 1 });
    signals.set({ queue: 1, running: 1 });
    endpoint.start();
    await clock.advance(1_000);
    signals.gate = new Promise(() => undefined);
    await clock.advance(44_000);
    expect(endpoint.snapshot()?.verdict.state).toBe('decided');
    await clock.advance(2_000);
    expect(endpoint.snapshot()?.verdict).toMatchObject({
      state: 'undecided',
      reason: 'the last decision is 47s old, and none has followed it',
    });
  });

  it('survives a rule that throws, and says so', async () => {
    const { clock, workloads, signals, endpoint } = build();
    workloads.set(ref, { replicas: 1 });
    const broken = fresh(1);
    Object.defineProperty(broken, 'coverage', {
      get: () => {
        throw new Error('a defect');
      },
    });
    signals.set({ queue: broken, running: 1 });
    endpoint.start();
    await clock.advance(0);
    expect(endpoint.snapshot()?.verdict).toMatchObject({ reason: 'internal error while deciding: a defect' });
    signals.set({ queue: 1, running: 1 });
    await clock.advance(1_000);
    expect(decided(endpoint).active).toBe(true);
  });

  it('tells its listeners at the moment at which an override ends, without waiting for a read', async () => {
    const { clock, workloads, signals, endpoint } = build({ signals: [] });
    const untilMs = clock.nowMs() + 10_250;
    workloads.set(ref, { replicas: 0, override: { state: 'set', override: { min: 1, untilMs } } });
    signals.set({});
    endpoint.start();
    await clock.advance(0);
    expect(decided(endpoint)).toMatchObject({ active: true, rule: 'override' });

    let seenAtMs: number | undefined;
    endpoint.subscribe(() => {
      if (!decided(endpoint).active) seenAtMs ??= clock.nowMs();
    });
    await clock.advance(20_000);
    expect(seenAtMs).toBe(untilMs);
  });

  it('leaves no timer behind when it is closed, even while it reads', async () => {
    const { clock, workloads, endpoint, signals, decisions } = build({ calendar: officeHours });
    workloads.set(ref, { replicas: 1 });
    endpoint.start();
    await clock.advance(0);
    let open: () => void = () => undefined;
    signals.gate = new Promise((resolve) => {
      open = resolve;
    });
    await clock.advance(1_000);
    const before = decisions.length;
    endpoint.close();
    open();
    await clock.advance(10_000);
    expect(clock.pending).toBe(0);
    expect(decisions).toHaveLength(before);
  });
});
