import { describe, expect, it } from 'vitest';
import type { Reading } from '../../src/domain/reading.ts';
import type { SignalName } from '../../src/domain/signal.ts';
import { SignalRunner } from '../../src/signals/runner.ts';
import type { ReadOutcome } from '../../src/signals/runner.ts';
import type { Measurement, Measurements, SignalSource } from '../../src/signals/source.ts';
import { workload } from '../support/builders.ts';
import { HandClock } from '../support/hand-clock.ts';
import { recordingLogger } from '../support/recording-logger.ts';

const full = { heard: 2, expected: 2 };

function measured(value: number, more: Partial<Measurement & { state: 'measured' }> = {}): Measurement {
  return { state: 'measured', value, coverage: full, ...more };
}

/** A source that does what a test says. */
class HandSource implements SignalSource {
  readonly label: string;
  readonly signals: readonly SignalName[];
  reads = 0;
  next: (deadline: AbortSignal) => Promise<Measurements>;

  constructor(label: string, ...signals: SignalName[]) {
    this.label = label;
    this.signals = signals;
    this.next = () => Promise.resolve(new Map());
  }

  give(measurement: Measurement): void {
    this.next = () => Promise.resolve(new Map(this.signals.map((signal) => [signal, measurement])));
  }

  fail(reason: string): void {
    this.next = () => Promise.reject(new Error(reason));
  }

  /** Never answers, not even when told to give up. */
  hang(): () => void {
    const gate = Promise.withResolvers<Measurements>();
    this.next = () => gate.promise;
    return () => gate.resolve(new Map());
  }

  read(_workload: unknown, deadline: AbortSignal): Promise<Measurements> {
    this.reads += 1;
    return this.next(deadline);
  }
}

interface Bench {
  readonly clock: HandClock;
  readonly runner: SignalRunner;
  readonly lines: ReturnType<typeof recordingLogger>['lines'];
  readonly observed: [string, number, ReadOutcome][];
  /** Reads all, with `waitMs` of the clock's time going by, and answers what is known then. */
  read(waitMs?: number): Promise<Record<string, Reading>>;
  known(): Record<string, Reading>;
}

function benchFor(...sources: SignalSource[]): Bench {
  const clock = new HandClock(1_000_000);
  const { logger, lines } = recordingLogger();
  const observed: [string, number, ReadOutcome][] = [];
  const runner = new SignalRunner(sources, {
    ref: { namespace: 'inference', name: 'llama' },
    clock,
    logger,
    timeoutMs: 2_000,
    freshForMs: 5_000,
    forgetAfterMs: 300_000,
    observer: { observed: (...args) => observed.push(args) },
  });
  const known = (): Record<string, Reading> => Object.fromEntries(runner.readings(clock.nowMs()));
  return {
    clock,
    runner,
    lines,
    observed,
    known,
    read: async (waitMs = 0) => {
      const reading = runner.readAll(workload());
      await clock.advance(waitMs);
      await reading;
      return known();
    },
  };
}

describe('a signal runner', () => {
  it('knows nothing before the first read, and says so', () => {
    const { known } = benchFor(new HandSource('vllm pods', 'queue'));
    expect(known()).toEqual({
      queue: { state: 'failed', reason: 'not read yet', source: 'vllm pods', observedAtMs: 1_000_000, coverage: { heard: 0, expected: 0 } },
    }); // prettier-ignore
  });

  it('passes on what sources say', async () => {
    const pods = new HandSource('vllm pods', 'queue', 'running');
    const exporter = new HandSource('exporter', 'gpuUtilization');
    pods.give(measured(3, { note: 'heard 1 of 2 pods' }));
    exporter.give({ state: 'absent', reason: 'no ready pods', coverage: { heard: 0, expected: 0 } });
    const { read } = benchFor(pods, exporter);
    const fromPods = { state: 'fresh', value: 3, note: 'heard 1 of 2 pods', source: 'vllm pods', observedAtMs: 1_000_000, coverage: full }; // prettier-ignore
    expect(await read()).toEqual({
      queue: fromPods,
      running: fromPods,
      gpuUtilization: { state: 'absent', reason: 'no ready pods', source: 'exporter', observedAtMs: 1_000_000, coverage: { heard: 0, expected: 0 } },
    }); // prettier-ignore
  });

  it('takes the time of the question for the time of the answer, unless the source knows better', async () => {
    const slow = new HandSource('a', 'queue');
    const shared = new HandSource('b', 'gpuMemory');
    shared.give(measured(1, { observedAtMs: 999_500 }));
    const { clock, read } = benchFor(slow, shared);
    slow.next = () =>
      new Promise((resolve) => {
        clock.after(700, () => resolve(new Map([['queue', measured(1)]])));
      });
    const known = await read(700);
    expect(known['queue']).toMatchObject({ state: 'fresh', observedAtMs: 1_000_000 });
    expect(known['gpuMemory']).toMatchObject({ state: 'fresh', observedAtMs: 999_500 });
  });

  it('lets a number describe now for as long as its source says, and not longer', async () => {
    const source = new HandSource('prometheus metrics', 'gpuUtilization');
    source.give(measured(0.5, { observedAtMs: 940_000, describesForMs: 120_000 }));
    const { clock, read, known } = benchFor(source);
    expect((await read())['gpuUtilization']).toMatchObject({ state: 'fresh', observedAtMs: 940_000 });
    await clock.advance(60_000);
    expect(known()['gpuUtilization']).toMatchObject({ state: 'fresh' });
    await clock.advance(1);
    const old = { state: 'stale', lastValue: 0.5, reason: 'its last number is 2m old' };
    expect(known()['gpuUtilization']).toMatchObject(old);
    expect((await read())['gpuUtilization']).toMatchObject(old);
  });

  it('lets a gauge age from where the clock was set back to, not from where that is reached again', async () => {
    const source = new HandSource('redis jobs', 'queue');
    source.give(measured(3));
    const { clock, read, known } = benchFor(source);
    await read();
    source.next = () => Promise.reject(new Error('redis:6379 refused the connection'));
    clock.jumpTo(0);
    expect((await read())['queue']).toMatchObject({ state: 'fresh', value: 3, observedAtMs: 0 });
    await clock.advance(5_001);
    expect(known()['queue']).toMatchObject({ state: 'stale', lastValue: 3 });
    await clock.advance(295_000);
    expect(known()['queue']).toMatchObject({ state: 'failed', reason: 'redis:6379 refused the connection' });
  });

  it('takes a clock that leaps ahead for time that nobody looked', async () => {
    const source = new HandSource('redis jobs', 'queue');
    source.give(measured(3));
    const { clock, read, known } = benchFor(source);
    await read();
    clock.jumpTo(1_000_000 + 3_600_000);
    expect(known()['queue']).toMatchObject({ state: 'failed', reason: 'not read for 1h' });
    expect((await read())['queue']).toMatchObject({ state: 'fresh', value: 3 });
  });

  it('keeps the last value of a gauge fresh, then stale, then forgets it', async () => {
    const source = new HandSource('redis jobs', 'queue');
    source.give(measured(3));
    const { clock, read, known } = benchFor(source);
    await read();
    source.fail('redis:6379 refused the connection');
    await clock.advance(5_000);
    expect((await read())['queue']).toMatchObject({ state: 'fresh', value: 3, observedAtMs: 1_000_000 });
    await clock.advance(1);
    expect(known()['queue']).toEqual({
      state: 'stale',
      lastValue: 3,
      reason: 'redis:6379 refused the connection',
      source: 'redis jobs',
      observedAtMs: 1_000_000,
      coverage: full,
    });
    await clock.advance(294_999);
    expect((await read())['queue']).toMatchObject({ state: 'stale', lastValue: 3 });
    await clock.advance(1);
    expect(known()['queue']).toEqual({
      state: 'failed',
      reason: 'redis:6379 refused the connection',
      source: 'redis jobs',
      observedAtMs: 1_300_000,
      coverage: { heard: 0, expected: 2 },
    });
    source.give(measured(0));
    expect((await read())['queue']).toMatchObject({ state: 'fresh', value: 0 });
  });

  it.each(['requestRate', 'latencyP99'] as const)('never remembers %s', async (signal) => {
    const source = new HandSource('prometheus gateway', signal);
    source.give(measured(3));
    const { clock, read, known } = benchFor(source);
    expect((await read())[signal]).toMatchObject({ state: 'fresh', value: 3 });
    await clock.advance(5_001);
    expect(known()[signal]).toMatchObject({ state: 'failed', reason: 'not read for 5s' });
    await read();
    source.fail('down');
    expect((await read())[signal]).toMatchObject({ state: 'failed', reason: 'down' });
  });

  it('does not take an absent number for a number, nor keep it once the source fails', async () => {
    const source = new HandSource('vllm pods', 'queue');
    source.give(measured(3));
    const { read } = benchFor(source);
    await read();
    source.give({ state: 'absent', reason: 'no ready pods', coverage: { heard: 0, expected: 0 } });
    expect((await read())['queue']).toMatchObject({ state: 'absent', reason: 'no ready pods' });
    source.fail('down');
    expect((await read())['queue']).toMatchObject({ state: 'failed', reason: 'down' });
  });

  it('calls what nobody reads any more stale', async () => {
    const source = new HandSource('redis jobs', 'queue');
    source.give(measured(3));
    const { clock, read, known } = benchFor(source);
    await read();
    await clock.advance(65_000);
    expect(known()['queue']).toMatchObject({ state: 'stale', lastValue: 3, reason: 'not read for 1m5s' });
    await clock.advance(300_000);
    expect(known()['queue']).toMatchObject({ state: 'failed', reason: 'not read for 6m5s' });
  });

  it('calls a signal failed that its source leaves out', async () => {
    const { read } = benchFor(new HandSource('odd', 'queue'));
    expect((await read())['queue']).toMatchObject({ state: 'failed', reason: 'the source left it out' });
  });

  it('survives a source that throws at once', async () => {
    const source = new HandSource('odd', 'queue');
    source.next = () => {
      throw new TypeError('broken');
    };
    expect((await benchFor(source).read())['queue']).toMatchObject({ state: 'failed', reason: 'broken' });
  });
});

describe('a signal runner with a source that hangs', () => {
  it('tells it to give up, and takes what it has by then', async () => {
    const source = new HandSource('vllm pods', 'queue');
    source.next = (deadline) =>
      new Promise((resolve) => {
        deadline.addEventListener('abort', () => resolve(new Map([['queue', measured(1)]])));
      });
    const { clock, read, observed } = benchFor(source);
    expect((await read(1_600))['queue']).toMatchObject({ state: 'fresh', value: 1 });
    expect(observed).toEqual([['vllm pods', 1.6, 'answered']]);
    expect(clock.pending).toBe(0);
  });

  it('does not wait for it beyond the timeout, and has the others all the same', async () => {
    const hanging = new HandSource('redis jobs', 'queue');
    const other = new HandSource('vllm pods', 'running');
    hanging.hang();
    other.give(measured(1));
    const { read, clock } = benchFor(hanging, other);
    const known = await read(2_000);
    expect(known['queue']).toMatchObject({ state: 'failed', reason: 'did not answer in time' });
    expect(known['running']).toMatchObject({ state: 'fresh', value: 1 });
    expect(clock.pending).toBe(0);
  });

  it('does not ask it again before it has come to an end', async () => {
    const source = new HandSource('redis jobs', 'queue');
    const release = source.hang();
    const { read } = benchFor(source);
    await read(2_000);
    for (let round = 0; round < 5; round += 1) {
      expect((await read())['queue']).toMatchObject({ state: 'failed', reason: 'did not answer in time' });
    }
    expect(source.reads).toBe(1);
    release();
    await read();
    source.give(measured(7));
    expect((await read())['queue']).toMatchObject({ state: 'fresh', value: 7 });
  });

  it('does not take an answer for new that comes after the timeout', async () => {
    const source = new HandSource('redis jobs', 'queue');
    const late = Promise.withResolvers<Measurements>();
    source.next = () => late.promise;
    const { read, clock, known } = benchFor(source);
    await read(2_000);
    late.resolve(new Map([['queue', measured(9)]]));
    await clock.advance(1);
    expect(known()['queue']).toMatchObject({ state: 'failed', reason: 'did not answer in time' });
  });
});

describe('the log and the figures of a signal runner', () => {
  it('tell once that a source can not be read, and once that it can again', async () => {
    const source = new HandSource('redis jobs', 'queue');
    source.give(measured(1));
    const { read, lines } = benchFor(source);
    await read();
    expect(lines).toEqual([]);
    source.fail('down');
    await read();
    source.fail('down in another way');
    await read();
    source.give(measured(1));
    await read();
    await read();
    const fields = { scaledobject: 'inference/llama', source: 'redis jobs' };
    expect(lines).toEqual([
      { level: 'warn', ...fields, reason: 'down', msg: 'signals can not be read' },
      { level: 'info', ...fields, msg: 'signals can be read again' },
    ]);
  });

  it('do not take an absent number for a fault', async () => {
    const source = new HandSource('vllm pods', 'queue');
    source.give({ state: 'absent', reason: 'no ready pods', coverage: { heard: 0, expected: 0 } });
    const { read, lines } = benchFor(source);
    await read();
    expect(lines).toEqual([]);
  });

  it('tell how each reading went, and how long it took', async () => {
    const source = new HandSource('redis jobs', 'queue');
    source.give(measured(1));
    const { read, observed } = benchFor(source);
    await read();
    source.fail('down');
    await read();
    source.hang();
    await read(2_000);
    await read();
    expect(observed).toEqual([
      ['redis jobs', 0, 'answered'],
      ['redis jobs', 0, 'failed'],
      ['redis jobs', 2, 'timeout'],
      ['redis jobs', 0, 'timeout'],
    ]);
  });
});
