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

it('makes reads of pods wait for each other, by how many there are', () => {
  const turns = new ReadTurns(new HandClock(), 100);

  expect(turns.take(readingPods, withPods(30))).toBe(0);
  expect(turns.take(readingPods, withPods(50))).toBe(200);
  expect(turns.take(readingPods, withPods(1))).toBe(700);
  expect(turns.lagMs).toBe(710);
});

it.each([
  ['whose workload is at zero', readingPods, withPods(0)],
  ['whose workload is not known', readingPods, { state: 'unknown', reason: 'gone' } as const],
  ['that reads no pods', askingGateway, withPods(9)],
])('lets a trigger %s pass by the reads of pods', (_case, its, reading) => {
  const turns = new ReadTurns(new HandClock(), 100);
  turns.take(readingPods, withPods(1_000));

  expect(turns.take(its, reading)).toBe(0);
});
