import type { EpochMs } from '../domain/clock.ts';
import { formatDuration } from '../domain/duration.ts';
import type { Coverage, FreshReading, Reading } from '../domain/reading.ts';
import { signals } from '../domain/signal.ts';
import type { SignalName } from '../domain/signal.ts';
import type { Measurement } from './source.ts';

export interface MemoryTimes {
  /** How old a number may be that still describes now: a few read intervals. */
  readonly freshForMs: number;
  /** When the last value of a gauge is forgotten. */
  readonly forgetAfterMs: number;
}

interface Failure {
  readonly reason: string;
  readonly atMs: EpochMs;
}

/** What was last said of one signal, and what became of it since. */
export class SignalMemory {
  readonly #signal: SignalName;
  readonly #source: string;
  readonly #times: MemoryTimes;
  readonly #startMs: EpochMs;
  #last: { measurement: Measurement; observedAtMs: EpochMs } | undefined;
  #failure: Failure | undefined;

  /** @param startMs since when the signal is waited for */
  constructor(signal: SignalName, source: string, times: MemoryTimes, startMs: EpochMs) {
    this.#signal = signal;
    this.#source = source;
    this.#times = times;
    this.#startMs = startMs;
  }

  /** The source has answered. */
  keep(measurement: Measurement, askedAtMs: EpochMs): void {
    const observedAtMs = measurement.state === 'measured' ? (measurement.observedAtMs ?? askedAtMs) : askedAtMs;
    this.#last = { measurement, observedAtMs };
    this.#failure = undefined;
  }

  /** The source could not be asked. */
  fail(reason: string, askedAtMs: EpochMs): void {
    this.#failure = { reason, atMs: askedAtMs };
  }

  /**
   * What is known at `nowMs`. A gauge's last value describes now while it is young, whether or not the source has failed
   * since; then it is stale until it is forgotten. A rate or a quantile that can't be read is failed at once.
   */
  at(nowMs: EpochMs): Reading {
    if (!this.#last) return this.#failed(this.#failure ?? { reason: 'not read yet', atMs: this.#startMs });
    // A clock that was set back must not keep a value young until it has caught up: it ages from here on.
    this.#last.observedAtMs = Math.min(this.#last.observedAtMs, nowMs);
    const { measurement, observedAtMs } = this.#last;
    const ageMs = nowMs - observedAtMs;
    const origin = { source: this.#source, observedAtMs, coverage: measurement.coverage };
    const failure = this.#failure ?? this.#overdue(ageMs, observedAtMs, measurement);
    if (measurement.state === 'absent') {
      return failure ? this.#failed(failure) : { state: 'absent', reason: measurement.reason, ...origin };
    }
    const { value } = measurement;
    if (!failure || this.#outlasts(ageMs, measurement) === 'fresh')
      return { state: 'fresh', value, ...detailsOf(measurement), ...origin };
    if (this.#outlasts(ageMs, measurement) === 'failed') return this.#failed(failure);
    return { state: 'stale', lastValue: value, reason: failure.reason, ...origin };
  }

  /** What a failure makes of a value of this age. */
  #outlasts(ageMs: number, measurement: Measurement): 'fresh' | 'stale' | 'failed' {
    if (signals[this.#signal].kind !== 'gauge' || ageMs > this.#times.forgetAfterMs) return 'failed';
    return ageMs <= this.#freshForMs(measurement) ? 'fresh' : 'stale';
  }

  /** Nobody has asked for so long that what was said last does not describe now. */
  #overdue(ageMs: number, observedAtMs: EpochMs, measurement: Measurement): Failure | undefined {
    if (ageMs <= this.#freshForMs(measurement)) return undefined;
    const age = formatDuration(ageMs);
    const isSlow = measurement.state === 'measured' && measurement.describesForMs !== undefined;
    return { reason: isSlow ? `its last number is ${age} old` : `not read for ${age}`, atMs: observedAtMs };
  }

  #freshForMs(measurement: Measurement): number {
    const { describesForMs = 0 } = measurement.state === 'measured' ? measurement : {};
    return Math.max(this.#times.freshForMs, describesForMs);
  }

  #failed({ reason, atMs }: Failure): Reading {
    return { state: 'failed', reason, source: this.#source, observedAtMs: atMs, coverage: this.#lastCoverage() };
  }

  /** Nothing was heard, of as many as there were last. */
  #lastCoverage(): Coverage {
    return { heard: 0, expected: this.#last?.measurement.coverage.expected ?? 0 };
  }
}

/** What a reader should know beside the value, where the source said so. */
function detailsOf({
  note,
  mostReplicas,
  byPod,
}: Extract<Measurement, { state: 'measured' }>): Pick<FreshReading, 'note' | 'mostReplicas' | 'byPod'> {
  return {
    ...(note !== undefined && { note }),
    ...(mostReplicas !== undefined && { mostReplicas }),
    ...(byPod && { byPod }),
  };
}
