import { describe, expect, it } from 'vitest';
import type { Calendar } from '../../src/domain/calendar.ts';
import { CalendarWatch } from '../../src/schedule/calendar-watch.ts';
import { calendarAt } from '../../src/schedule/calendar-at.ts';

const everyDay = [1, 2, 3, 4, 5, 6, 7] as const;
const calendar: Calendar = {
  timezone: 'Europe/Berlin',
  windows: [
    { days: everyDay, startMinute: 480, endMinute: 1_200, min: 2, text: 'Mon-Sun 08:00-20:00 min=2' },
    { days: everyDay, startMinute: 510, endMinute: 600, min: 6, text: 'Mon-Sun 08:30-10:00 min=6' },
  ],
  holidays: { nameOn: () => undefined },
  extraHours: [],
  warmReplicas: 1,
};
const leadMs = 7_200_000;

describe('CalendarWatch', () => {
  it('says at every moment of a day what the calendar says, when it is asked again at the times it names', () => {
    const watch = new CalendarWatch(calendar);
    const stepMs = 150_000;
    let looks = 0;
    for (let nowMs = Date.parse('2026-03-28T00:00:00Z'); nowMs < Date.parse('2026-03-30T00:00:00Z'); nowMs += stepMs) {
      const { floor, open, upcoming } = calendarAt(calendar, nowMs, leadMs);
      expect(watch.at(nowMs + 1, leadMs)).toMatchObject({ floor, open });
      expect(watch.at(nowMs + 1, leadMs).upcoming?.floor).toBe(upcoming?.floor);
      expect(watch.untilMs).toBeGreaterThan(nowMs + 1);
      looks += 1;
    }
    expect(looks).toBe(1_152);
  });

  it('gives the same state until then, and works it out anew when the clock goes back', () => {
    const watch = new CalendarWatch(calendar);
    const nowMs = Date.parse('2026-03-03T07:10:00Z');
    const state = watch.at(nowMs, 0);
    expect(watch.at(watch.untilMs - 1, 0)).toBe(state);
    expect(watch.at(watch.untilMs, 0)).not.toBe(state);
    expect(watch.at(nowMs - 3_600_000, 0).floor).toBe(0);
  });

  it('works it out anew when another lead is asked for, as when a start-up time was learned', () => {
    const watch = new CalendarWatch(calendar);
    const nowMs = Date.parse('2026-03-03T06:56:00Z');
    expect(watch.at(nowMs, 180_000).upcoming).toBeUndefined();
    expect(watch.at(nowMs, 300_000).upcoming).toMatchObject({ floor: 2 });
  });
});
