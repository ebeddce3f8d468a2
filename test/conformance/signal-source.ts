import { describe, expect, it, onTestFinished } from 'vitest';
import type { SignalName } from '../../src/domain/signal.ts';
import type { Workload } from '../../src/domain/workload.ts';
import type { Measurement, SignalSource } from '../../src/signals/source.ts';
import type { FaultyServer, Flood } from '../support/faulty-server.ts';

/** A source with a server behind it that a test can have say and do anything. */
export interface SourceUnderTest {
  readonly source: SignalSource;
  readonly workload: Workload;
  readonly server: FaultyServer;
  /** The server tells this number for each signal, as written; undefined: it answers, but knows no such number. */
  tell(value: string | undefined): void | Promise<void>;
  /** Its server answers a question for what it does not know with an error. */
  readonly missingIsAnError?: true;
  /** The server refuses our credentials, and quotes them in what it says; for sources that send any. */
  readonly refuse?: () => void;
  /** How far apart the places are at which an answer breaks off; 1 where reading is cheap. */
  readonly strideBytes?: number;
  /** An answer that never ends. */
  readonly flood: Flood;
  /** Texts that no error may hold. */
  readonly secrets: readonly string[];
  /** What the server is called in errors. */
  readonly host: string;
  readonly close: () => void;
}

/** What a server may send, at most, before it is hung up on: what may be kept, and what is under way by then. */
const mostTakenBytes = 48 * 1_048_576;

interface Outcome {
  readonly measurements?: ReadonlyMap<SignalName, Measurement>;
  readonly error?: Error;
}

/** What every source of signals has to do, whatever it reads. */
export function describeSignalSource(name: string, create: () => Promise<SourceUnderTest>): void {
  const start = async (): Promise<SourceUnderTest> => {
    const subject = await create();
    onTestFinished(async () => {
      subject.close();
      await subject.server.stop();
    });
    return subject;
  };

  describe(`${name} as a source of signals`, () => {
    it('measures a number for each of its signals, and 0 as 0', async () => {
      const subject = await start();
      for (const value of ['0', '3', '0']) {
        await subject.tell(value);
        const { measurements } = await read(subject);
        expect([...(measurements?.keys() ?? [])]).toEqual(subject.source.signals);
        for (const measurement of measurements?.values() ?? []) {
          expect(measurement).toMatchObject({ state: 'measured', value: Number(value), coverage: { heard: 1, expected: 1 } }); // prettier-ignore
        }
      }
    });

    it('calls a number that is not there absent, with a reason, and hears nobody', async () => {
      const subject = await start();
      await subject.tell(undefined);
      const { measurements, error } = await read(subject);
      if (subject.missingIsAnError) {
        expect(error?.message).toMatch(/\w+ answered: \w+/);
        return;
      }
      for (const measurement of measurements?.values() ?? []) {
        expect(measurement).toMatchObject({ state: 'absent', reason: expect.stringMatching(/\w+/) as string });
        expect(measurement.coverage.heard).toBe(0);
      }
      expect(measurements?.size).toBe(subject.source.signals.length);
    });

    it.each(['NaN', '-1', '-0.5', '+Inf', '-Inf', '', 'x', '0x10', '1e999', '"', '12,5'])(
      'never measures %j',
      async (value) => {
        const subject = await start();
        await subject.tell(value);
        expectNothingMeasured(await read(subject));
      },
    );

    it('says who refused the connection', async () => {
      const subject = await start();
      await subject.server.stop();
      const { error } = await read(subject);
      expect(error?.message).toContain(`${subject.host} refused the connection`);
    });

    it('gives up at its deadline when the server hangs', async () => {
      const subject = await start();
      subject.server.behave({ hang: true });
      const { error } = await read(subject, AbortSignal.timeout(400));
      expect(error?.message).toMatch(/did not answer in time/);
    });

    it('does not ask once its deadline has passed', async () => {
      const subject = await start();
      const { error } = await read(subject, AbortSignal.abort());
      expect(error?.message).toMatch(/did not answer in time/);
    });

    it.each(['\0\xff\xfe', 'HTTP/1.1 200 OK\r\n\r\n\0\0\0', '-\r\n', '{}', '<html>vllm</html>'])(
      'measures nothing in garbage: %j',
      async (garbage) => {
        const subject = await start();
        subject.server.behave({ send: Buffer.from(garbage, 'latin1') });
        expectNothingMeasured(await read(subject));
      },
    );

    it('measures nothing in an answer that breaks off, wherever it does', async () => {
      const subject = await start();
      await subject.tell('42');
      const attempt = async (serveBytes: number): Promise<Outcome> => {
        subject.server.behave({ serveBytes });
        return read(subject);
      };
      let bytes = 0;
      let outcome = await attempt(bytes);
      while (!states(outcome).includes('measured') && bytes < 2_000)
        outcome = await attempt((bytes += subject.strideBytes ?? 1));
      expect(bytes).toBeGreaterThan(20);
      for (const measurement of outcome.measurements?.values() ?? []) expect(measurement).toMatchObject({ value: 42 });
    });

    it('hangs up on a server that would send 500 MB', async () => {
      const subject = await start();
      subject.server.behave({ flood: subject.flood });
      expectNothingMeasured(await read(subject));
      expect(subject.server.floodedBytes).toBeLessThan(mostTakenBytes);
      await expect.poll(() => subject.server.connections).toBe(0);
    });

    it('says so when the server hangs up at once', async () => {
      const subject = await start();
      subject.server.behave({ close: true });
      const { error } = await read(subject);
      expect(error?.message).toContain(`${subject.host} closed the connection`);
    });

    it('recovers by itself after an outage', async () => {
      const subject = await start();
      await subject.tell('3');
      expect(states(await read(subject))).toEqual(subject.source.signals.map(() => 'measured'));
      await subject.server.stop();
      expectNothingMeasured(await read(subject));
      await subject.server.start();
      expect(states(await read(subject))).toEqual(subject.source.signals.map(() => 'measured'));
    });

    it('recovers by itself after the server hung', async () => {
      const subject = await start();
      await subject.tell('3');
      subject.server.behave({ hang: true });
      expectNothingMeasured(await read(subject, AbortSignal.timeout(400)));
      subject.server.behave({ serve: true });
      expect(states(await read(subject))).toEqual(subject.source.signals.map(() => 'measured'));
    });

    it('says what to do when its credentials are refused, and does not repeat them', async () => {
      const subject = await start();
      if (!subject.refuse) return;
      subject.refuse();
      const { error } = await read(subject);
      expect(error?.message).toMatch(/check |give |allow /);
    });

    it('leaves no connection behind when it is closed', async () => {
      const subject = await start();
      await subject.tell('3');
      await read(subject);
      subject.close();
      await expect.poll(() => subject.server.connections).toBe(0);
    });

    it('answers many who ask at the same time', async () => {
      const subject = await start();
      await subject.tell('3');
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => read(subject)));
      for (const outcome of outcomes) expect(states(outcome)).toEqual(subject.source.signals.map(() => 'measured'));
    });
  });
}

async function read(
  { source, workload, secrets }: SourceUnderTest,
  deadline = AbortSignal.timeout(5_000),
): Promise<Outcome> {
  try {
    const measurements = await source.read(workload, deadline);
    for (const secret of secrets) expect(JSON.stringify([...measurements])).not.toContain(secret);
    return { measurements };
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    for (const secret of secrets) {
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(secret);
    }
    return { error: error as Error };
  }
}

function states({ measurements }: Outcome): string[] {
  return [...(measurements?.values() ?? [])].map(({ state }) => state);
}

function expectNothingMeasured(outcome: Outcome): void {
  expect(states(outcome)).not.toContain('measured');
}
