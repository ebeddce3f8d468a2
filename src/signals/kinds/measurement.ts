import type { SignalName } from '../../domain/signal.ts';
import type { Measurement } from '../source.ts';

export type Measured = Measurement & { readonly state: 'measured' };

/** A number that one server told. */
export function measured(value: number, note?: string): Measured {
  return { state: 'measured', value, coverage: { heard: 1, expected: 1 }, ...(note === undefined ? {} : { note }) };
}

/** One server was heard, and tells no such number. */
export function absent(reason: string): Measurement {
  return { state: 'absent', reason, coverage: { heard: 0, expected: 1 } };
}

/** A number as foreign JSON or a foreign library gave it; absent unless it counts something. @param what `"messages_ready" of queue "jobs"` */
export function counted(value: unknown, what: string): Measurement {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return measured(value);
  return absent(`${what} is ${typeof value === 'number' ? String(value) : 'no number'}, which counts nothing`);
}

/** What a queue holds: work that waits, and work that was handed out and is not done. */
export interface Backlog {
  readonly waiting: Measurement;
  readonly working: Measurement;
}

/** The signals that every keeper of work is asked for. One that can't tell what is being worked on says so. */
export const backlogSignals: readonly SignalName[] = ['queue', 'running', 'concurrency'];

/** What a backlog says of each signal: `queue` waits, `running` is worked on, `concurrency` is both together. */
export function measureBacklog(backlog: Backlog, signals: readonly SignalName[]): ReadonlyMap<SignalName, Measurement> {
  return new Map(signals.map((signal) => [signal, pick(backlog, signal)]));
}

function pick({ waiting, working }: Backlog, signal: SignalName): Measurement {
  if (signal === 'queue') return waiting;
  if (signal === 'running') return working;
  if (signal !== 'concurrency') return absent(`a queue does not tell ${signal}`);
  if (waiting.state !== 'measured') return waiting;
  if (working.state !== 'measured') return working;
  return measured(waiting.value + working.value, waiting.note ?? working.note);
}
