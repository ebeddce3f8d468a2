import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Calendar, CalendarState, Weekday } from '../../src/domain/calendar.ts';
import { calendarAt } from '../../src/schedule/calendar-at.ts';
import { naiveStates } from './naive-calendar.ts';
import type { NaiveState } from './naive-calendar.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Stretches of days around the moments at which local time does something unusual. */
const stretches: readonly (readonly [timezone: string, from: string])[] = [
  ['Europe/Berlin', '2026-03-27'],
  ['Europe/Berlin', '2026-10-23'],
  ['Europe/Berlin', '2028-02-27'],
  ['America/New_York', '2026-03-06'],
  ['America/New_York', '2026-10-30'],
  ['America/Havana', '2025-11-01'],
  ['America/Sao_Paulo', '2018-11-02'],
  ['America/Sao_Paulo', '2018-02-16'],
  ['Asia/Kolkata', '2026-12-30'],
  ['Australia/Lord_Howe', '2026-10-02'],
  ['Australia/Lord_Howe', '2026-04-03'],
  ['Pacific/Apia', '2011-12-28'],
];
const stretchDays = 4;

const minute = fc.oneof(
  fc.integer({ min: 0, max: 1_439 }),
  fc.constantFrom(0, 30, 60, 90, 120, 135, 150, 180, 1_380, 1_410),
);
const hours = { startMinute: minute, endMinute: fc.oneof(minute, fc.constant(1_440)), text: fc.constant('window') };
const bounds = { min: fc.integer({ min: 0, max: 4 }), max: fc.integer({ min: 1, max: 4 }) };
const days = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }) as fc.Arbitrary<Weekday[]>;
const weekly = fc.record({ days, ...hours, ...bounds }, { requiredKeys: ['days', 'startMinute', 'endMinute', 'text'] });

const scene = fc.constantFrom(...stretches).chain(([timezone, from]) => {
  const first = Temporal.PlainDate.from(from);
  const date = fc.integer({ min: -1, max: stretchDays }).map((offset) => first.add({ days: offset }).toString());
  const dated = fc.record(
    { date, ...hours, ...bounds },
    { requiredKeys: ['date', 'startMinute', 'endMinute', 'text'] },
  );
  return fc.record({
    fromMs: fc.constant(first.toZonedDateTime(timezone).epochMilliseconds),
    calendar: fc.record({
      timezone: fc.constant(timezone),
      windows: fc.array(weekly, { maxLength: 4 }),
      extraHours: fc.array(dated, { maxLength: 2 }),
      holidays: fc.uniqueArray(date, { maxLength: 2 }).map((dates) => ({
        nameOn: (text: string): string | undefined => (dates.includes(text) ? 'holiday' : undefined),
      })),
      warmReplicas: fc.integer({ min: 0, max: 3 }),
    }) satisfies fc.Arbitrary<Calendar>,
  });
});

const boundsOf = ({ open, floor, ceiling }: CalendarState): NaiveState => ({ open, floor, ceiling });

describe('calendarAt, for random calendars around clock changes', () => {
  it('says at any time what a wall clock says', () => {
    fc.assert(
      fc.property(scene, ({ calendar, fromMs }) => {
        const expected = naiveStates(calendar, fromMs, fromMs + stretchDays * dayMs);
        const sampled = expected.map((_, index) => index).filter((index) => index % 15 === 0);
        const found = sampled.map((index) => boundsOf(calendarAt(calendar, fromMs + index * minuteMs, 0)));
        expect(found).toEqual(sampled.map((index) => expected[index]));
      }),
      { numRuns: 12 },
    );
  });

  it('changes exactly where the wall clock says it does', () => {
    fc.assert(
      fc.property(scene, ({ calendar, fromMs }) => {
        const expected = naiveStates(calendar, fromMs, fromMs + stretchDays * dayMs);
        const edges = expected.flatMap((state, index) =>
          index > 0 && JSON.stringify(state) !== JSON.stringify(expected[index - 1]) ? [fromMs + index * minuteMs] : [],
        );
        const found: number[] = [];
        const endMs = fromMs + expected.length * minuteMs;
        let edgeMs = calendarAt(calendar, fromMs, 0).nextEdgeMs;
        while (edgeMs !== undefined && edgeMs < endMs) {
          found.push(edgeMs);
          edgeMs = calendarAt(calendar, edgeMs, 0).nextEdgeMs;
        }
        expect(found).toEqual(edges);
      }),
      { numRuns: 50 },
    );
  });

  it('holds from sinceMs to nextEdgeMs, and differs just before and just after', () => {
    const offset = fc.integer({ min: 0, max: stretchDays * dayMs });
    fc.assert(
      fc.property(scene, offset, ({ calendar, fromMs }, offsetMs) => {
        const state = calendarAt(calendar, fromMs + offsetMs, 0);
        const { sinceMs, nextEdgeMs } = state;
        const same = (atMs: number): boolean =>
          JSON.stringify(boundsOf(calendarAt(calendar, atMs, 0))) === JSON.stringify(boundsOf(state));
        if (sinceMs !== undefined) expect([same(sinceMs - 1), same(sinceMs)]).toEqual([false, true]);
        if (nextEdgeMs !== undefined) expect([same(nextEdgeMs - 1), same(nextEdgeMs)]).toEqual([true, false]);
        expect(sinceMs ?? -Infinity).toBeLessThanOrEqual(fromMs + offsetMs);
        expect(nextEdgeMs ?? Infinity).toBeGreaterThan(fromMs + offsetMs);
      }),
      { numRuns: 150 },
    );
  });

  it('announces as upcoming the highest floor of the edges within the lead time', () => {
    const leadMs = fc.integer({ min: 0, max: dayMs });
    fc.assert(
      fc.property(scene, leadMs, ({ calendar, fromMs }, lead) => {
        const { floor, upcoming } = calendarAt(calendar, fromMs, lead);
        let highest = floor;
        for (let atMs = calendarAt(calendar, fromMs, 0).nextEdgeMs; atMs !== undefined && atMs <= fromMs + lead;) {
          const next = calendarAt(calendar, atMs, 0);
          highest = Math.max(highest, next.floor);
          atMs = next.nextEdgeMs;
        }
        expect(upcoming?.floor).toBe(highest > floor ? highest : undefined);
        if (upcoming) expect(calendarAt(calendar, upcoming.opensAtMs, 0).floor).toBe(upcoming.floor);
      }),
      { numRuns: 100 },
    );
  });
});
