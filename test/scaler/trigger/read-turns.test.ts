import { expect, it } from 'vitest';
import type { SignalOrigin } from '../../../src/domain/policy.ts';
import type { WorkloadReading } from '../../../src/domain/workload.ts';
import { ReadTurns } from '../../../src/scaler/trigger/read-turns.ts';
import { policy, workload } from '../../support/builders.ts';
import { HandClock } from '../../support/hand-clock.ts';

const engine: SignalOrigin = { kind: 'engine', engine: 'vllm', port: 8_000, path: '/metrics' };
const gateway: SignalOrigin = { kind: 'connection', connection: 'gateway', query: 'q' };
const readingPods = policy({ signals: [{ signal: 'running', origin: engine, required: true }] });
const askingGateway = policy({ signals: [{ signal: 'queue', origin: gateway, required: true }] });

function withPods(replicas: number): WorkloadReading {
  return { state: 'known', workload: workload({ replicas }), observedAtMs: 0 };
}

it('makes reads of pods wait for each other, by how many there are', async () => {
  const clock = new HandClock('2026-11-23T08:00:00Z');
  const turns = new ReadTurns(clock, 100);
  const begun: number[] = [];
  for (const pods of [30, 50, 1]) {
    turns.ask(readingPods, withPods(pods), (leave) => {
      begun.push(pods);
      leave();
    });
  }
  expect(begun).toEqual([30]);
  await clock.advance(150);
  expect(turns.lagMs).toBe(150);

  await clock.advance(100);
  expect(begun).toEqual([30, 50]);
  await clock.advance(500);
  expect(begun).toEqual([30, 50, 1]);
  expect(turns.lagMs).toBe(0);
});

it.each([
  ['whose workload is at zero', readingPods, withPods(0)],
  ['whose workload is not known', readingPods, { state: 'unknown', reason: 'gone' } as const],
  ['that reads no pods', askingGateway, withPods(9)],
])('lets a trigger %s pass by the reads of pods', (_case, its, reading) => {
  const turns = new ReadTurns(new HandClock(), 100);
  turns.ask(readingPods, withPods(1_000), () => undefined);
  let begun = false;
  turns.ask(its, reading, () => (begun = true));

  expect(begun).toBe(true);
});
