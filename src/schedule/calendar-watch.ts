import type { Calendar, CalendarState } from '../domain/calendar.ts';
import type { EpochMs } from '../domain/clock.ts';
import { calendarAt } from './calendar-at.ts';

/** However far off the next edge is, the calendar is looked at again after this. */
const longestMs = 3_600_000;

/** Remembers what a calendar says until it says something else, because asking it is dear and it is asked every second. */
export class CalendarWatch {
  readonly #calendar: Calendar;
  #leadMs = 0;
  #state: CalendarState | undefined;
  #fromMs: EpochMs = 0;
  #untilMs: EpochMs = 0;

  constructor(calendar: Calendar) {
    this.#calendar = calendar;
  }

  /** @param leadMs how far ahead floors count as upcoming */
  at(nowMs: EpochMs, leadMs: number): CalendarState {
    // The clock may jump back as well as forward, so what is remembered holds for a span of time only.
    const isRemembered = nowMs >= this.#fromMs && nowMs < this.#untilMs && leadMs === this.#leadMs;
    if (this.#state && isRemembered) return this.#state;
    this.#leadMs = leadMs;
    this.#state = calendarAt(this.#calendar, nowMs, leadMs);
    this.#fromMs = nowMs;
    this.#untilMs = this.#nextChangeMs(this.#state, nowMs);
    return this.#state;
  }

  /** When to look again: the next edge, or the moment at which an edge comes within the lead time. */
  get untilMs(): EpochMs {
    return this.#untilMs;
  }

  #nextChangeMs(state: CalendarState, nowMs: EpochMs): EpochMs {
    const latestMs = nowMs + longestMs;
    const edgeMs = state.nextEdgeMs ?? latestMs;
    if (this.#leadMs <= 0) return Math.min(edgeMs, latestMs);
    const beyondLead = calendarAt(this.#calendar, nowMs + this.#leadMs, 0).nextEdgeMs;
    // One millisecond later, so that the edge is within the lead time however its bound is counted.
    const enteringMs = beyondLead === undefined ? latestMs : beyondLead - this.#leadMs + 1;
    return Math.min(edgeMs, enteringMs, latestMs);
  }
}
