import type { Clock, EpochMs } from '../domain/clock.ts';
import { errorText } from '../domain/error-text.ts';
import type { Reading } from '../domain/reading.ts';
import type { SignalName } from '../domain/signal.ts';
import { refKey } from '../domain/workload.ts';
import type { ScaledObjectRef, Workload } from '../domain/workload.ts';
import type { Logger } from '../telemetry/logger.ts';
import { SignalMemory } from './signal-memory.ts';
import type { MemoryTimes } from './signal-memory.ts';
import type { Measurements, SignalSource } from './source.ts';

/** Share of the timeout after which a source is told to give up; the rest is for it to say what it has so far. */
const deadlineShare = 0.8;

/** How a reading of one source went: it answered, it said why it can't, or it said nothing in time. */
export type ReadOutcome = 'answered' | 'failed' | 'timeout';

/** Counts and times the readings; for self-metrics. */
export interface ReadObserver {
  observed(source: string, seconds: number, outcome: ReadOutcome): void;
}

export interface SignalRunnerOptions extends MemoryTimes {
  readonly ref: ScaledObjectRef;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long one reading of a source may take. */
  readonly timeoutMs: number;
  readonly observer: ReadObserver;
}

interface SourceState {
  readonly source: SignalSource;
  busy: boolean;
  readable: boolean;
}

/**
 * Reads all signals of one ScaledObject, and keeps what was read. It alone times, counts, remembers and logs; sources
 * just read. One that hangs neither delays the others nor is asked again before it has come to an end.
 */
export class SignalRunner {
  readonly #options: SignalRunnerOptions;
  readonly #sources: readonly SourceState[];
  readonly #memories: ReadonlyMap<SignalName, SignalMemory>;

  constructor(sources: readonly SignalSource[], options: SignalRunnerOptions) {
    this.#options = options;
    this.#sources = sources.map((source) => ({ source, busy: false, readable: true }));
    const startMs = options.clock.nowMs();
    const remember = (source: SignalSource): [SignalName, SignalMemory][] =>
      source.signals.map((signal) => [signal, new SignalMemory(signal, source.label, options, startMs)]);
    this.#memories = new Map(sources.flatMap(remember));
  }

  /** Asks every source once, all at the same time. Never rejects, and takes no longer than the timeout. */
  async readAll(workload: Workload): Promise<void> {
    await Promise.all(this.#sources.map((state) => this.#readOne(state, workload)));
  }

  /** What is known of each signal at `nowMs`. */
  readings(nowMs: EpochMs): ReadonlyMap<SignalName, Reading> {
    return new Map([...this.#memories].map(([signal, memory]) => [signal, memory.at(nowMs)]));
  }

  async #readOne(state: SourceState, workload: Workload): Promise<void> {
    const { clock, timeoutMs } = this.#options;
    const askedAtMs = clock.nowMs();
    const answer = state.busy ? unanswered() : await this.#ask(state, workload);
    if (answer.outcome === 'answered') this.#keep(state.source, answer.measurements, askedAtMs);
    else this.#fail(state.source, answer.reason, askedAtMs);
    this.#logChange(state, answer);
    const seconds = Math.min(clock.nowMs() - askedAtMs, timeoutMs) / 1_000;
    this.#options.observer.observed(state.source.label, seconds, answer.outcome);
  }

  /** What the source says, or that it said nothing by the timeout. */
  async #ask(state: SourceState, workload: Workload): Promise<Answer> {
    const { clock, timeoutMs } = this.#options;
    const deadline = new AbortController();
    const late = Promise.withResolvers<Answer>();
    const cancels = [
      clock.after(timeoutMs * deadlineShare, () => deadline.abort()),
      clock.after(timeoutMs, () => late.resolve(unanswered())),
    ];
    state.busy = true;
    const answer = answerOf(state.source, workload, deadline.signal).finally(() => {
      state.busy = false;
    });
    const first = await Promise.race([answer, late.promise]);
    for (const cancel of cancels) cancel();
    return first;
  }

  #keep(source: SignalSource, measurements: Measurements, askedAtMs: EpochMs): void {
    for (const signal of source.signals) {
      const measurement = measurements.get(signal);
      if (measurement) this.#memories.get(signal)?.keep(measurement, askedAtMs);
      else this.#memories.get(signal)?.fail('the source left it out', askedAtMs);
    }
  }

  #fail(source: SignalSource, reason: string, askedAtMs: EpochMs): void {
    for (const signal of source.signals) this.#memories.get(signal)?.fail(reason, askedAtMs);
  }

  /** Only changes are logged, or a source that is down would fill the log. */
  #logChange(state: SourceState, answer: Answer): void {
    const readable = answer.outcome === 'answered';
    if (readable === state.readable) return;
    state.readable = readable;
    const fields = { scaledobject: refKey(this.#options.ref), source: state.source.label };
    if (readable) this.#options.logger.info(fields, 'signals can be read again');
    else this.#options.logger.warn({ ...fields, reason: answer.reason }, 'signals can not be read');
  }
}

type Answer =
  | { readonly outcome: 'answered'; readonly measurements: Measurements }
  | { readonly outcome: 'failed' | 'timeout'; readonly reason: string };

async function answerOf(source: SignalSource, workload: Workload, deadline: AbortSignal): Promise<Answer> {
  try {
    return { outcome: 'answered', measurements: await source.read(workload, deadline) };
  } catch (error) {
    return { outcome: deadline.aborted ? 'timeout' : 'failed', reason: errorText(error) };
  }
}

function unanswered(): Answer {
  return { outcome: 'timeout', reason: 'did not answer in time' };
}
