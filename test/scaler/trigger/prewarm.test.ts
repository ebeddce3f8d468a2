import { describe, expect, it } from 'vitest';
import { Endpoint } from '../../../src/scaler/trigger/endpoint.ts';
import { Endpoints } from '../../../src/scaler/trigger/endpoints.ts';
import { prewarm } from '../../../src/scaler/trigger/prewarm.ts';
import { noEvents } from '../../../src/kubernetes/event-recorder.ts';
import { ReadTurns } from '../../../src/scaler/trigger/read-turns.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { FakeSignals } from '../../support/fake-signals.ts';
import { FakeWorkloads } from '../../support/fake-workloads.ts';
import { HandClock } from '../../support/hand-clock.ts';

const metadata = { queueFrom: 'gateway', queueQuery: 'waiting', queueTarget: '5' };
const llama = { namespace: 'inference', name: 'llama' };
const phi = { namespace: 'inference', name: 'phi' };

function build() {
  const clock = new HandClock('2026-11-23T08:00:00Z');
  const workloads = new FakeWorkloads();
  const turns = new ReadTurns(clock, 700);
  const endpoints = new Endpoints({
    make: (ref, policy) =>
      new Endpoint({
        ref,
        policy,
        signals: new FakeSignals(clock),
        workloads,
        hpaTolerance: 0.1,
        timing: { clock, turns, readIntervalMs: 1_000, phase: 0, staleAfterMs: 45_000 },
        onDecision: () => undefined,
      }),
    workloads,
    events: noEvents,
    most: 2,
    clock,
    logger: createLogger('test', 'silent'),
  });
  const start = (triggers: Parameters<typeof prewarm>[1]) => {
    const state = { isWarm: false };
    void prewarm(endpoints, triggers, clock).then(() => (state.isWarm = true));
    return state;
  };
  return { clock, workloads, endpoints, start };
}

describe('prewarm', () => {
  it('is done when every trigger has decided', async () => {
    const { clock, workloads, endpoints, start } = build();
    const state = start([{ ref: llama, metadata }, { ref: phi, metadata }]); // prettier-ignore
    workloads.set(llama, { replicas: 1 });
    await clock.advance(3_000);
    expect(state.isWarm).toBe(false);

    workloads.set(phi, { replicas: 1 });
    await clock.advance(0);

    expect(state.isWarm).toBe(true);
    expect(endpoints.of(llama)[0]?.snapshot()?.verdict.state).toBe('decided');
  });

  it('does not wait for ever for one that can not decide', async () => {
    const { clock, workloads, start } = build();
    const state = start([{ ref: llama, metadata }, { ref: phi, metadata }]); // prettier-ignore
    workloads.set(llama, { replicas: 1 });
    workloads.lose(phi, 'its Deployment is gone');
    await clock.advance(4_000);
    expect(state.isWarm).toBe(false);

    await clock.advance(1_500);
    expect(state.isWarm).toBe(true);
  });

  it('waits longer for the first decision, for which the API server has to be heard', async () => {
    const { clock, workloads, start } = build();
    const state = start([{ ref: llama, metadata }, { ref: phi, metadata }]); // prettier-ignore
    await clock.advance(29_000);
    expect(state.isWarm).toBe(false);
    workloads.set(llama, { replicas: 1 });
    await clock.advance(4_000);
    expect(state.isWarm).toBe(false);
    await clock.advance(1_500);
    expect(state.isWarm).toBe(true);
  });

  it('does not wait longer than that where nothing is heard', async () => {
    const { clock, start } = build();
    const state = start([{ ref: llama, metadata }]);
    await clock.advance(30_500);
    expect(state.isWarm).toBe(true);
  });

  it.each([
    ['without triggers', []],
    ['with triggers of other scalers only', [{ ref: llama, metadata: { host: 'rabbit', mode: 'QueueLength' } }]],
    ['with a name that is none', [{ ref: { namespace: '..', name: 'x' }, metadata }]],
  ])('is done at once %s', async (_case, triggers) => {
    const { clock, endpoints, start } = build();
    const state = start(triggers);
    await clock.advance(0);

    expect(state.isWarm).toBe(true);
    expect([...endpoints.groups()]).toEqual([]);
  });
});
