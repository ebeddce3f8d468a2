import { describe, expect, it } from 'vitest';
import { Endpoint } from '../../../src/scaler/trigger/endpoint.ts';
import { noEvents } from '../../../src/kubernetes/event-recorder.ts';
import { Endpoints } from '../../../src/scaler/trigger/endpoints.ts';
import { ReadTurns } from '../../../src/scaler/trigger/read-turns.ts';
import { FakeSignals } from '../../support/fake-signals.ts';
import { FakeWorkloads } from '../../support/fake-workloads.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { recordingLogger } from '../../support/recording-logger.ts';
import { queueTrigger } from '../../support/running-scaler.ts';

const ref = { namespace: 'inference', name: 'llama' };
const { metadata } = queueTrigger();
const edited = { ...metadata, queueTarget: '7' };

function build() {
  const clock = new HandClock('2026-03-03T10:00:00Z');
  const workloads = new FakeWorkloads();
  const made: Endpoint[] = [];
  const { logger, lines } = recordingLogger();
  const endpoints = new Endpoints({
    make(of, policy) {
      const endpoint = new Endpoint({
        ref: of,
        policy,
        signals: new FakeSignals(clock),
        workloads,
        timing: { clock, turns: new ReadTurns(clock, 700), readIntervalMs: 1_000, phase: 0, staleAfterMs: 45_000 },
        hpaTolerance: 0.1,
        onDecision: () => undefined,
      });
      made.push(endpoint);
      return endpoint;
    },
    workloads,
    events: noEvents,
    most: 5,
    clock,
    logger,
  });
  return { clock, workloads, endpoints, made, lines };
}

describe('Endpoints', () => {
  it('has one endpoint for each trigger, whatever the order of its metadata', () => {
    const { endpoints, made } = build();
    const first = endpoints.find(ref, metadata);
    expect(endpoints.find(ref, Object.fromEntries(Object.entries(metadata).reverse()))).toBe(first);
    expect(endpoints.find(ref, edited)).not.toBe(first);
    expect(endpoints.find({ ...ref, name: 'mistral' }, metadata)).not.toBe(first);
    expect(made).toHaveLength(3);
    expect(endpoints.of(ref)).toHaveLength(2);
  });

  it('drops a trigger that nobody asks for in ten minutes, and lets go of its workload', async () => {
    const { clock, endpoints, workloads } = build();
    const before = endpoints.find(ref, metadata);
    await clock.advance(590_000);
    expect(endpoints.find(ref, metadata)).toBe(before);
    await clock.advance(590_000);
    expect(endpoints.of(ref)).toHaveLength(1);
    await clock.advance(60_000);
    expect(endpoints.of(ref)).toEqual([]);
    expect(workloads.watched.size).toBe(0);
    expect(endpoints.find(ref, metadata)).not.toBe(before);
  });

  it('drops the old policy of an edited trigger two minutes after KEDA has turned to the new one', async () => {
    const { clock, endpoints, workloads } = build();
    endpoints.find(ref, metadata);
    for (let seconds = 0; seconds < 180; seconds += 30) {
      await clock.advance(30_000);
      endpoints.find(ref, edited);
    }
    expect(endpoints.of(ref)).toEqual([endpoints.find(ref, edited)]);
    expect([...workloads.watched.keys()]).toEqual(['inference/llama']);
  });

  it('keeps both triggers of a ScaledObject that KEDA asks for rarely, but together', async () => {
    const { clock, endpoints, made } = build();
    for (let minutes = 0; minutes < 60; minutes += 5) {
      endpoints.find(ref, metadata);
      await clock.advance(1_000);
      endpoints.find(ref, edited);
      await clock.advance(300_000);
    }
    expect(made).toHaveLength(2);
  });

  it('parses invalid metadata once', () => {
    const { endpoints, lines } = build();
    const invalid = { ...metadata, queueTarget: 'many' };
    const errors = [1, 2, 3].map(() => {
      try {
        endpoints.find(ref, invalid);
        return undefined;
      } catch (error) {
        return error;
      }
    });
    expect(errors[0]).toBeInstanceOf(Error);
    expect(new Set(errors).size).toBe(1);
    expect(lines.filter(({ msg }) => msg === 'invalid trigger metadata')).toHaveLength(1);
    expect(endpoints.of(ref)).toEqual([]);
  });

  it('watches a workload by the pod selector that one of its triggers names', () => {
    const { endpoints, workloads } = build();
    endpoints.find(ref, { ...metadata, podSelector: 'app=llama' });
    endpoints.find(ref, metadata);
    expect(workloads.watched.get('inference/llama')).toBe('app=llama');
  });

  it('tells the endpoints of a workload that it changed', async () => {
    const { clock, endpoints, workloads } = build();
    const endpoint = endpoints.find(ref, metadata);
    await clock.advance(0);
    expect(endpoint.snapshot()?.verdict.state).toBe('undecided');
    workloads.set(ref, { replicas: 1 });
    await clock.advance(0);
    expect(endpoint.snapshot()?.verdict.state).toBe('decided');
  });

  it('drops all that belongs to a ScaledObject when nobody asks for it any more, and nothing of others', async () => {
    const { clock, endpoints, workloads } = build();
    const other = { ...ref, name: 'phi' };
    endpoints.find(ref, metadata);
    endpoints.find(ref, { ...metadata, queueTarget: '7' });
    endpoints.find(other, metadata);
    for (let minute = 0; minute < 11; minute += 1) {
      await clock.advance(60_000);
      endpoints.find(other, metadata);
    }
    expect(endpoints.of(ref)).toEqual([]);
    expect([...endpoints.groups()].flat().map((endpoint) => endpoint.ref.name)).toEqual(['phi']);
    expect([...workloads.watched.keys()]).toEqual(['inference/phi']);
  });

  it('logs a trigger when it comes and when it goes', async () => {
    const { clock, endpoints, lines } = build();
    endpoints.find(ref, metadata);
    endpoints.find(ref, metadata);
    await clock.advance(700_000);
    expect(lines.filter(({ level }) => level === 'info').map(({ msg }) => msg)).toEqual([
      'trigger added',
      'trigger dropped',
    ]);
  });

  it('admits no more triggers than it may', () => {
    const { endpoints } = build();
    for (const name of ['one', 'two', 'three', 'four', 'five']) endpoints.find({ ...ref, name }, metadata);
    expect(() => endpoints.find({ ...ref, name: 'six' }, metadata)).toThrow(
      '5 triggers are served already; no more are admitted',
    );
    expect(endpoints.find({ ...ref, name: 'one' }, metadata).ref.name).toBe('one');
  });

  it('remembers no more than a thousand invalid metadata', () => {
    const { endpoints, lines } = build();
    const ask = (index: number): void => {
      expect(() => endpoints.find(ref, { ...metadata, queueTarget: `x${index}` })).toThrow('queueTarget');
    };
    for (let index = 0; index < 1_000; index += 1) ask(index);
    ask(0);
    expect(lines).toHaveLength(1_000);
    ask(1_000);
    ask(0);
    expect(lines).toHaveLength(1_002);
  });

  it('leaves nothing behind when it is closed', async () => {
    const { clock, endpoints } = build();
    endpoints.find(ref, metadata);
    endpoints.find(ref, edited);
    await clock.advance(5_000);
    endpoints.close();
    expect(clock.pending).toBe(0);
  });
});
