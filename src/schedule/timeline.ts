import type { Calendar } from '../domain/calendar.ts';
import type { EpochMs } from '../domain/clock.ts';
import { areEqual, boundsOf } from './bounds.ts';
import type { Bounds } from './bounds.ts';
import { dateOf, dayAt, dayStart, hasUsualLength } from './local-day.ts';
import type { LocalDay } from './local-day.ts';
import { spansOn } from './spans.ts';
import type { Span } from './spans.ts';

/** How far edges are looked for. Over a year ahead, so that yearly dates are found; back only for the sake of reasons. */
const daysAhead = 400;
const daysBack = 15;
/** A week and the tail of a window over midnight: what repeats weekly and did not change for so long, never will. */
const daysOfPattern = 8;

/** A moment at which what the calendar asks for changes, and to what. */
export interface Edge {
  readonly atMs: EpochMs;
  readonly bounds: Bounds;
}

/** A calendar laid out in time, as far as it is looked at. Made for one question; remembers the days it has worked out. */
export class Timeline {
  readonly #calendar: Calendar;
  readonly #spans = new Map<LocalDay, readonly Span[]>();

  constructor(calendar: Calendar) {
    this.#calendar = calendar;
  }

  /** The windows in force at a moment. */
  spansAt(atMs: EpochMs): readonly Span[] {
    const near = this.#spansNear(dayAt(this.#calendar.timezone, atMs));
    return near.filter((span) => span.startMs <= atMs && atMs < span.endMs);
  }

  boundsAt(atMs: EpochMs): Bounds {
    return boundsOf(this.#calendar, this.spansAt(atMs));
  }

  /** The edges after a moment, in order, up to 400 days ahead; worked out as they are asked for. */
  *edgesAfter(fromMs: EpochMs): Generator<Edge, void, undefined> {
    let before = this.boundsAt(fromMs);
    for (const day of this.#daysWorthLookingAt(dayAt(this.#calendar.timezone, fromMs))) {
      for (const atMs of this.#boundariesOn(day)) {
        if (atMs <= fromMs) continue;
        const bounds = this.boundsAt(atMs);
        if (!areEqual(bounds, before)) yield { atMs, bounds };
        before = bounds;
      }
    }
  }

  /** The last edge at or before a moment, up to 15 days back. */
  lastEdgeMs(untilMs: EpochMs): EpochMs | undefined {
    const now = this.boundsAt(untilMs);
    const today = dayAt(this.#calendar.timezone, untilMs);
    for (let day = today; day >= today - daysBack; day -= 1) {
      const boundaries = this.#boundariesOn(day).filter((atMs) => atMs <= untilMs);
      const edgeMs = boundaries.findLast((atMs) => !areEqual(this.boundsAt(atMs - 1), now));
      if (edgeMs !== undefined) return edgeMs;
    }
    return undefined;
  }

  *#daysWorthLookingAt(today: LocalDay): Generator<LocalDay, void, undefined> {
    let ordinaryDays = 0;
    let isSpecial = this.#isSpecial(today);
    for (let day = today; day <= today + daysAhead; day += 1) {
      const isNextSpecial = this.#isSpecial(day + 1);
      ordinaryDays = isSpecial ? 0 : ordinaryDays + 1;
      if (ordinaryDays <= daysOfPattern + 1 || isNextSpecial) yield day;
      isSpecial = isNextSpecial;
    }
  }

  /** A day on which the weekly pattern may not hold. */
  #isSpecial(day: LocalDay): boolean {
    const { extraHours, holidays, timezone } = this.#calendar;
    const date = dateOf(day);
    return (
      !hasUsualLength(timezone, day) ||
      extraHours.some((window) => window.date === date) ||
      holidays.nameOn(date) !== undefined
    );
  }

  /** The moments of a local date at which any window starts or ends, in order. */
  #boundariesOn(day: LocalDay): readonly EpochMs[] {
    const startMs = dayStart(this.#calendar.timezone, day);
    const endMs = dayStart(this.#calendar.timezone, day + 1);
    const moments = this.#spansNear(day).flatMap((span) => [span.startMs, span.endMs]);
    const onDay = moments.filter((atMs) => startMs <= atMs && atMs < endMs);
    return [...new Set(onDay)].sort((a, b) => a - b);
  }

  /** All spans that may touch a local date: a day either side covers windows over midnight and clocks that go back over it. */
  #spansNear(day: LocalDay): readonly Span[] {
    return [day - 2, day - 1, day, day + 1].flatMap((start) => this.#spansOn(start));
  }

  #spansOn(day: LocalDay): readonly Span[] {
    const known = this.#spans.get(day);
    if (known) return known;
    const spans = spansOn(this.#calendar, day);
    this.#spans.set(day, spans);
    return spans;
  }
}
