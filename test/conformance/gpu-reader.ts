import { describe, expect, it, vi } from 'vitest';
import type { TestContext } from 'vitest';
import type { Cancel, Clock } from '../../src/domain/clock.ts';
import type { GpuReader, ReaderEvent } from '../../src/gpu/reader.ts';
import { acceleratedClock } from '../../src/program/system-clock.ts';

/** What a driver is to say: of each GPU its utilization in percent, or that it tells none. */
type Utilizations = readonly (number | undefined)[];

/** A reader with a driver behind it that a test can have say and do anything. */
export interface ReaderUnderTest {
  readonly reader: GpuReader;
  /** A healthy driver with these GPUs, as many as there are numbers. */
  tell(utilizations: Utilizations): void;
  /** Absent where nothing can break: nothing is read then. */
  readonly driver?: {
    /** Fails, and says why in words that hold the answer. */
    fail(): string;
    hang(): void;
    /** One GPU whose utilization is 400 % and whose memory is 2048 MiB. */
    exaggerate(): void;
    /** Prints what is no reading, beside a healthy GPU. */
    babble(): void;
  };
}

interface Settings {
  readonly clock: Clock;
  readonly intervalMs: number;
}

type Sample = Extract<ReaderEvent, { readonly kind: 'sample' }>;

/** Quick enough for tests, slow enough for a busy machine: five seconds without a sample are a hang, 1.25 s here. */
const speed = 4;
const intervalMs = 400;
const patience = { timeout: 30_000, interval: 20 };

/** Counts the calls that wait, to tell whether any is left behind. */
class CountingClock implements Clock {
  readonly #clock = acceleratedClock({ startMs: Date.now(), epochMs: Date.now(), speed });
  pending = 0;

  nowMs(): number {
    return this.#clock.nowMs();
  }

  after(delayMs: number, call: () => void): Cancel {
    let waits = true;
    const end = (): void => {
      if (waits) this.pending -= 1;
      waits = false;
    };
    this.pending += 1;
    const cancel = this.#clock.after(delayMs, () => {
      end();
      call();
    });
    return () => {
      end();
      cancel();
    };
  }
}

/**
 * What every reader of GPUs has to do, whatever it reads them with.
 * @param canBreak whether there is a driver that can fail, hang and talk nonsense
 */
export function describeGpuReader(
  name: string,
  create: (test: TestContext, settings: Settings) => ReaderUnderTest,
  canBreak: boolean,
): void {
  // Simulated GPUs tell everything.
  const first = canBreak ? [0, undefined, 100] : [0, 50, 100];
  const start = (test: TestContext, utilizations: Utilizations) => {
    const clock = new CountingClock();
    const subject = create(test, { clock, intervalMs });
    const events: ReaderEvent[] = [];
    subject.tell(utilizations);
    subject.reader.start((event) => events.push(event));
    test.onTestFinished(() => subject.reader.stop());
    const find = (isWanted: (event: ReaderEvent) => boolean): Promise<ReaderEvent> =>
      vi.waitFor(() => {
        const found = events.findLast(isWanted);
        expect(found, JSON.stringify(events.slice(-3))).toBeDefined();
        return found!;
      }, patience);
    const sampleOf = async (wanted: Utilizations): Promise<Sample> =>
      (await find(
        (event) => event.kind === 'sample' && JSON.stringify(read(event)) === JSON.stringify(wanted),
      )) as Sample;
    return { ...subject, clock, events, find, sampleOf };
  };

  describe(`${name} as a reader of GPUs`, { timeout: 60_000 }, () => {
    it('tells sample after sample, each newer than the last, 0 as 0 and nothing as nothing', async (test) => {
      const { events, sampleOf } = start(test, first);
      const { sample } = await sampleOf(first);
      expect(sample.devices.map(({ index }) => index)).toEqual([0, 1, 2]);
      expect(new Set(sample.devices.map(({ uuid }) => uuid)).size).toBe(3);
      expect(sample.devices.map((device) => 'utilizationRatio' in device)).toEqual(
        first.map((percent) => percent !== undefined),
      );
      await vi.waitFor(() => expect(samples(events).length).toBeGreaterThan(3), patience);
      const times = samples(events).map((one) => one.sample.observedAtMs);
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
      expect(events[0]?.kind).toBe('started');
    });

    it('leaves no process and no timer behind when it is stopped, and says nothing any more', async (test) => {
      const { reader, clock, events, sampleOf } = start(test, first);
      await sampleOf(first);
      await reader.stop();
      const told = events.length;
      expect(clock.pending).toBe(0);
      await vi.waitFor(() => expect(childProcesses()).toBe(0), patience);
      expect(events).toHaveLength(told);
    });

    it.skipIf(!canBreak)('follows GPUs that come and go', async (test) => {
      const { tell, sampleOf } = start(test, [30]);
      await sampleOf([30]);
      tell([30, 40]);
      await sampleOf([30, 40]);
      tell([40]);
      await sampleOf([40]);
    });

    it.skipIf(!canBreak)('says why the driver fails, and goes on by itself when it works again', async (test) => {
      const { driver, tell, find, sampleOf } = start(test, [30]);
      await sampleOf([30]);
      const words = driver?.fail() ?? 'no driver';
      const failure = await find(({ kind }) => kind === 'failure');
      expect(failure).toHaveProperty('reason', expect.stringContaining(words));
      tell([50]);
      await sampleOf([50]);
    });

    it.skipIf(!canBreak)('notices a driver that hangs, ends what hangs, and goes on by itself', async (test) => {
      const { driver, tell, find, sampleOf } = start(test, [30]);
      await sampleOf([30]);
      driver?.hang();
      expect(await find(({ kind }) => kind === 'failure')).toHaveProperty(
        'reason',
        expect.stringMatching(/^no .* for 5 s/),
      );
      tell([50]);
      await sampleOf([50]);
      await vi.waitFor(() => expect(childProcesses()).toBe(1), patience);
    });

    it.skipIf(!canBreak)('can be stopped while the driver hangs', async (test) => {
      const { driver, reader, clock, sampleOf } = start(test, [30]);
      await sampleOf([30]);
      driver?.hang();
      await new Promise((resolve) => void clock.after(2 * intervalMs, () => resolve(undefined)));
      await reader.stop();
      expect(clock.pending).toBe(0);
      await vi.waitFor(() => expect(childProcesses()).toBe(0), patience);
    });

    it.skipIf(!canBreak)('throws away a value that cannot be true, counts it, and keeps the others', async (test) => {
      const { driver, find, sampleOf } = start(test, [30]);
      expect((await sampleOf([30])).rejected.values).toEqual([]);
      driver?.exaggerate();
      const sample = (await find((event) => event.kind === 'sample' && event.rejected.values.length > 0)) as Sample;
      expect(sample.rejected.values).toEqual([{ field: 'utilizationRatio', reason: 'out-of-range' }]);
      expect(sample.sample.devices[0]).not.toHaveProperty('utilizationRatio');
      expect(sample.sample.devices[0]?.memoryUsedBytes).toBe(2_048 * 1_048_576);
    });

    it.skipIf(!canBreak)('counts what is printed and is no reading, and reads on', async (test) => {
      const { driver, find, sampleOf } = start(test, [30]);
      await sampleOf([30]);
      driver?.babble();
      const sample = (await find((event) => event.kind === 'sample' && event.rejected.lines > 0)) as Sample;
      expect(sample.sample.devices).toHaveLength(1);
    });
  });
}

function samples(events: readonly ReaderEvent[]): Sample[] {
  return events.filter((event) => event.kind === 'sample');
}

function read({ sample }: Sample): Utilizations {
  return sample.devices.map(({ utilizationRatio }) =>
    utilizationRatio === undefined ? undefined : Math.round(utilizationRatio * 100),
  );
}

/** Child processes of this one that are there still. */
function childProcesses(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'ProcessWrap').length;
}
