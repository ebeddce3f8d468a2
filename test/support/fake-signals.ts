import type { Clock } from '../../src/domain/clock.ts';
import type { Reading } from '../../src/domain/reading.ts';
import type { SignalName } from '../../src/domain/signal.ts';
import type { SignalReadings } from '../../src/scaler/trigger/endpoint.ts';
import { fresh } from './builders.ts';

/** Signals whose values a test sets by hand; they are seen when they are read next. */
export class FakeSignals implements SignalReadings {
  /** How often they were read. */
  reads = 0;
  /** While set, a read does not end before this does. */
  gate: Promise<void> | undefined;
  readonly #clock: Clock;
  #now = new Map<SignalName, number | Reading>();
  #seen = new Map<SignalName, Reading>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  set(values: Partial<Record<SignalName, number | Reading>>): void {
    this.#now = new Map(Object.entries(values) as [SignalName, number | Reading][]);
  }

  async readAll(): Promise<void> {
    this.reads += 1;
    await this.gate;
    const observedAtMs = this.#clock.nowMs();
    const see = (value: number | Reading): Reading =>
      typeof value === 'number' ? fresh(value, { observedAtMs }) : value;
    this.#seen = new Map([...this.#now].map(([signal, value]) => [signal, see(value)]));
  }

  readings(): ReadonlyMap<SignalName, Reading> {
    return this.#seen;
  }
}
