import { expect, it } from 'vitest';
import { ScalerMetrics } from '../../../src/scaler/http/metrics.ts';
import { SignalRunner } from '../../../src/signals/runner.ts';
import type { SignalSource } from '../../../src/signals/source.ts';
import { workload } from '../../support/builders.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { recordingLogger } from '../../support/recording-logger.ts';

function source(label: string, read: SignalSource['read']): SignalSource {
  return { label, signals: ['queue'], read };
}

it('counts the readings of a source by how they went', async () => {
  const clock = new HandClock();
  const metrics = new ScalerMetrics();
  const sources = [
    source('redis jobs', () => Promise.resolve(new Map())),
    source('prometheus gateway', () => Promise.reject(new Error('connection refused'))),
    source('vllm pods', () => new Promise(() => undefined)),
  ];
  const runner = new SignalRunner(sources, {
    ref: workload().ref,
    clock,
    logger: recordingLogger().logger,
    timeoutMs: 2_000,
    observer: metrics.readObserver,
    freshForMs: 5_000,
    forgetAfterMs: 300_000,
  });
  for (let round = 0; round < 2; round += 1) {
    const read = runner.readAll(workload());
    await clock.advance(2_000);
    await read;
  }
  const lines = (await metrics.render()).split('\n');
  expect(lines.filter((line) => line.startsWith('pilotlight_source_read_duration_seconds_count'))).toEqual([
    'pilotlight_source_read_duration_seconds_count{source="redis jobs",outcome="answered"} 2',
    'pilotlight_source_read_duration_seconds_count{source="prometheus gateway",outcome="failed"} 2',
    'pilotlight_source_read_duration_seconds_count{source="vllm pods",outcome="timeout"} 2',
  ]);
});
