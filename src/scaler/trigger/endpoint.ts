import type { Cancel, Clock, EpochMs } from '../../domain/clock.ts';
import type { Verdict } from '../../domain/decision.ts';
import { errorText } from '../../domain/error-text.ts';
import type { Policy } from '../../domain/policy.ts';
import type { Reading } from '../../domain/reading.ts';
import type { SignalName } from '../../domain/signal.ts';
import type { ScaledObjectRef, Workload, WorkloadReading } from '../../domain/workload.ts';
import type { WorkloadSource } from '../../kubernetes/workload-source.ts';
import { Judge } from '../../decision/judge.ts';
import { warmLeadMs } from '../../decision/warm-lead.ts';
import { CalendarWatch } from '../../schedule/calendar-watch.ts';
import { nextEdgeMs } from './next-edge.ts';
import { overdueReason } from './overdue.ts';
import type { ReadTurns } from './read-turns.ts';
import type { Snapshot } from './snapshot.ts';

/** Reads the signals of one policy, and knows how old each reading is. */
export interface SignalReadings {
  /** Asks every source once; never rejects, and takes no longer than the read timeout. */
  readAll(workload: Workload): Promise<void>;
  readings(nowMs: EpochMs): ReadonlyMap<SignalName, Reading>;
}

interface EndpointTiming {
  readonly clock: Clock;
  /** The turns that the reads of all endpoints take. */
  readonly turns: ReadTurns;
  readonly readIntervalMs: number;
  /** Share of the read interval, from 0 up to 1, at which this endpoint's reads fall. */
  readonly phase: number;
  /** A verdict older than this is no answer: whatever should have renewed it is stuck. */
  readonly staleAfterMs: number;
}

interface EndpointParts {
  readonly ref: ScaledObjectRef;
  readonly policy: Policy;
  readonly signals: SignalReadings;
  readonly workloads: WorkloadSource;
  readonly timing: EndpointTiming;
  /** The cluster's own, for HPAs that name none. */
  readonly hpaTolerance: number;
  /** Told of each decision after it is in force, with the one before it. */
  readonly onDecision: (after: Snapshot, before: Snapshot | undefined) => void;
}

/**
 * The life of one trigger of a ScaledObject: reads its signals every read interval, decides after each read, at calendar
 * edges and when its workload changes, and keeps the last decision for all who ask.
 */
export class Endpoint {
  readonly ref: ScaledObjectRef;
  readonly policy: Policy;
  readonly #parts: EndpointParts;
  readonly #calendar: CalendarWatch | undefined;
  readonly #judge: Judge;
  readonly #listeners = new Set<() => void>();
  #last: Snapshot | undefined;
  #reading = false;
  #hasRead = false;
  #closed = false;
  #cancelRead: Cancel = () => undefined;
  #cancelTurn: Cancel = () => undefined;
  #cancelEdge: Cancel = () => undefined;

  constructor(parts: EndpointParts) {
    const { policy } = parts;
    this.ref = parts.ref;
    this.policy = policy;
    this.#parts = parts;
    this.#calendar = policy.calendar && new CalendarWatch(policy.calendar);
    this.#judge = new Judge(policy, parts.timing.staleAfterMs);
  }

  /** Begins to read. Called once. */
  start(): void {
    this.#takeTurn();
  }

  /** To be called when the workload source says that this endpoint's workload changed. */
  workloadChanged(): void {
    if (this.#closed) return;
    if (this.#hasRead) this.#decide();
    else if (!this.#reading) this.#takeTurn();
  }

  /** The last decision and what it rests on; undefined before the first, and undecided when the last is too old to act on. */
  snapshot(): Snapshot | undefined {
    const last = this.#last;
    if (!last) return undefined;
    const { decidedAtMs } = last.verdict;
    const overdue = overdueReason(decidedAtMs, this.#nowMs(), this.#parts.timing.staleAfterMs);
    return overdue === undefined ? last : { ...last, verdict: undecided(overdue, decidedAtMs) };
  }

  /** Calls back after each decision, and when it is closed. Returns a function that ends it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
    this.#cancelRead();
    this.#cancelTurn();
    this.#cancelEdge();
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }

  /** The next read, as soon as it is this trigger's turn. */
  #takeTurn(): void {
    this.#reading = true;
    this.#cancelRead();
    const reading = this.#parts.workloads.lookup(this.ref);
    this.#cancelTurn = this.#parts.timing.turns.ask(this.policy, reading, (leave) => {
      void this.#cycle().finally(leave);
    });
  }

  /** One read and the decision after it. The next is planned when this one is done, so reads never pile up. */
  async #cycle(): Promise<void> {
    const reading = this.#parts.workloads.lookup(this.ref);
    if (reading.state === 'known') {
      await this.#parts.signals.readAll(reading.workload);
      this.#hasRead = true;
    }
    this.#reading = false;
    if (this.#closed) return;
    this.#decide();
    this.#cancelRead = this.#parts.timing.clock.after(this.#untilNextReadMs(), () => this.#takeTurn());
  }

  #decide(): void {
    const before = this.#last;
    this.#last = this.#observeSafely();
    this.#planEdge(this.#last.workload);
    this.#parts.onDecision(this.#last, before);
    for (const listener of this.#listeners) listener();
  }

  /** A defect in a rule costs this ScaledObject its answer, not the program its life. */
  #observeSafely(): Snapshot {
    try {
      return this.#observe();
    } catch (error) {
      const reason = `internal error while deciding: ${errorText(error)}`;
      const workload = this.#parts.workloads.lookup(this.ref);
      return { verdict: undecided(reason, this.#nowMs()), workload, readings: new Map() };
    }
  }

  #observe(): Snapshot {
    const nowMs = this.#nowMs();
    const known = this.#parts.workloads.lookup(this.ref);
    const readings = this.#parts.signals.readings(nowMs);
    const startup = known.state === 'known' ? known.workload.startup : undefined;
    const calendar = this.#calendar && { calendar: this.#calendar.at(nowMs, warmLeadMs(this.policy, startup)) };
    if (known.state === 'unknown') {
      this.#judge.forget(nowMs);
      return { verdict: undecided(known.reason, nowMs), workload: known, readings, ...calendar };
    }
    const { hpaTolerance } = this.#parts;
    const moment = { nowMs, workload: known.workload, readings, hpaTolerance, ...calendar };
    return { ...this.#judge.judge(moment), workload: known, readings, ...calendar };
  }

  #planEdge(workload: WorkloadReading): void {
    this.#cancelEdge();
    const nowMs = this.#nowMs();
    const delayMs = nextEdgeMs(this.#calendar?.untilMs, workload, nowMs) - nowMs;
    this.#cancelEdge = this.#parts.timing.clock.after(delayMs, () => {
      if (this.#hasRead) this.#decide();
    });
  }

  /** Reads fall on a grid of the read interval, so a slow read does not shift those that follow. */
  #untilNextReadMs(): number {
    const { readIntervalMs, phase } = this.#parts.timing;
    const intoIntervalMs = (this.#nowMs() + (1 - phase) * readIntervalMs) % readIntervalMs;
    return readIntervalMs - intoIntervalMs;
  }

  #nowMs(): EpochMs {
    return this.#parts.timing.clock.nowMs();
  }
}

function undecided(reason: string, decidedAtMs: EpochMs): Verdict {
  return { state: 'undecided', reason, decidedAtMs };
}
