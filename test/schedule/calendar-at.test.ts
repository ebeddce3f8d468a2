import { describe, expect, it } from 'vitest';
import type { Calendar, DatedWindow, Weekday, WeeklyWindow } from '../../src/domain/calendar.ts';
import { calendarAt } from '../../src/schedule/calendar-at.ts';

const workdays: readonly Weekday[] = [1, 2, 3, 4, 5];
const everyDay: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];

function weekly(days: readonly Weekday[], hours: string, bounds: { min?: number; max?: number } = {}): WeeklyWindow {
  return { days, ...minutes(hours), ...bounds, text: `${days.join(',')} ${hours}` };
}

function dated(date: string, hours: string, bounds: { min?: number; max?: number } = {}): DatedWindow {
  return { date, ...minutes(hours), ...bounds, text: `${date} ${hours}` };
}

function minutes(hours: string): { startMinute: number; endMinute: number } {
  const [start = 0, end = 0] = hours.split('-').map((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3)));
  return { startMinute: start, endMinute: end };
}

function calendar(windows: readonly WeeklyWindow[], overrides: Partial<Calendar> = {}): Calendar {
  return { timezone: 'Europe/Berlin', windows, holidays: holidays(), extraHours: [], warmReplicas: 1, ...overrides };
}

function holidays(names: Record<string, string> = {}): Calendar['holidays'] {
  return { nameOn: (date) => names[date] };
}

const at = (text: string): number => Temporal.ZonedDateTime.from(text).epochMilliseconds;
const berlin = (text: string): number => at(`${text}[Europe/Berlin]`);
const shown = (timezone: string, atMs: number | undefined): string | undefined =>
  atMs === undefined
    ? undefined
    : Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timezone).toString({ timeZoneName: 'never' });

describe('calendarAt', () => {
  const office = calendar([
    weekly(workdays, '08:00-20:00', { min: 2 }),
    weekly(workdays, '11:30-14:00', { min: 6, max: 9 }),
    weekly([6], '10:00-14:00'),
  ]);

  it('opens at the first moment of a window and closes at its end', () => {
    expect(calendarAt(office, berlin('2026-11-23T07:59:59.999'), 0).open).toBe(false);
    expect(calendarAt(office, berlin('2026-11-23T08:00'), 0)).toEqual({
      open: true,
      floor: 2,
      because: '1,2,3,4,5 08:00-20:00',
      sinceMs: berlin('2026-11-23T08:00'),
      nextEdgeMs: berlin('2026-11-23T11:30'),
    });
    expect(calendarAt(office, berlin('2026-11-23T20:00'), 0)).toEqual({
      open: false,
      floor: 0,
      because: 'outside business hours',
      sinceMs: berlin('2026-11-23T20:00'),
      nextEdgeMs: berlin('2026-11-24T08:00'),
    });
  });

  it('takes the highest min and the lowest max of windows that overlap, and names them all', () => {
    expect(calendarAt(office, berlin('2026-11-23T12:00'), 0)).toMatchObject({
      floor: 6,
      ceiling: 9,
      because: '1,2,3,4,5 08:00-20:00; 1,2,3,4,5 11:30-14:00',
    });
  });

  it('gives a window without min the warm replicas', () => {
    const saturday = berlin('2026-11-28T11:00');
    expect(calendarAt(office, saturday, 0).floor).toBe(1);
    expect(calendarAt({ ...office, warmReplicas: 3 }, saturday, 0).floor).toBe(3);
  });

  it('lets a ceiling win over a floor above it', () => {
    const both = calendar([weekly(everyDay, '08:00-20:00', { min: 5 }), weekly(everyDay, '12:00-13:00', { max: 2 })]);
    expect(calendarAt(both, berlin('2026-11-23T12:00'), 0)).toMatchObject({ floor: 2, ceiling: 2 });
  });

  it('passes over the boundaries of windows at which nothing changes', () => {
    const shifts = calendar([weekly(everyDay, '06:00-14:00'), weekly(everyDay, '14:00-22:00')]);
    expect(calendarAt(shifts, berlin('2026-11-23T07:00'), 0).nextEdgeMs).toBe(berlin('2026-11-23T22:00'));
    expect(calendarAt(shifts, berlin('2026-11-23T15:00'), 0).sinceMs).toBe(berlin('2026-11-23T06:00'));
  });

  it('has no edge where a calendar is always open', () => {
    const state = calendarAt(calendar([weekly(everyDay, '00:00-24:00')]), berlin('2026-11-23T12:00'), 0);
    expect(state).toEqual({ open: true, floor: 1, because: '1,2,3,4,5,6,7 00:00-24:00' });
  });

  it('carries a window over midnight into the day after its own', () => {
    const night = calendar([weekly([5], '22:00-06:00')]);
    expect(calendarAt(night, berlin('2026-11-28T05:59'), 0)).toMatchObject({
      open: true,
      sinceMs: berlin('2026-11-27T22:00'),
      nextEdgeMs: berlin('2026-11-28T06:00'),
    });
    expect(calendarAt(night, berlin('2026-11-27T05:00'), 0).open).toBe(false);
  });

  it('looks over the end of a year and a leap day', () => {
    const everyNight = calendar([weekly(everyDay, '22:00-02:00')]);
    expect(calendarAt(everyNight, berlin('2026-12-31T23:00'), 0).nextEdgeMs).toBe(berlin('2027-01-01T02:00'));
    const leap = calendar([], { extraHours: [dated('2028-02-29', '09:00-10:00')] });
    expect(calendarAt(leap, berlin('2028-02-28T12:00'), 0).nextEdgeMs).toBe(berlin('2028-02-29T09:00'));
  });

  describe('upcoming', () => {
    it('is the highest floor that begins within the lead time', () => {
      const state = calendarAt(office, berlin('2026-11-23T07:50'), 4 * 3_600_000);
      expect(state.upcoming).toEqual({
        floor: 6,
        opensAtMs: berlin('2026-11-23T11:30'),
        because: '1,2,3,4,5 08:00-20:00; 1,2,3,4,5 11:30-14:00',
      });
    });

    it('includes a floor that begins just as the lead time ends, and none later', () => {
      const now = berlin('2026-11-23T07:50');
      expect(calendarAt(office, now, 600_000).upcoming).toMatchObject({ floor: 2 });
      expect(calendarAt(office, now, 599_999).upcoming).toBeUndefined();
    });

    it('is absent where the floor that begins is not above the present one', () => {
      expect(calendarAt(office, berlin('2026-11-23T13:55'), 600_000).upcoming).toBeUndefined();
    });
  });

  describe('holidays and extra hours', () => {
    const christmas = holidays({ '2026-12-24': '12-24', '2026-12-25': 'Christmas Day' });

    it('closes a holiday from midnight to midnight, also for a window that began the day before', () => {
      const night = calendar([weekly(everyDay, '22:00-06:00')], { holidays: christmas });
      expect(calendarAt(night, berlin('2026-12-23T23:00'), 0).nextEdgeMs).toBe(berlin('2026-12-24T00:00'));
      expect(calendarAt(night, berlin('2026-12-25T01:00'), 0)).toMatchObject({
        open: false,
        because: 'holiday: Christmas Day',
        nextEdgeMs: berlin('2026-12-26T00:00'),
      });
    });

    it('opens extra hours in spite of a holiday, and over midnight', () => {
      const extra = calendar([], { holidays: christmas, extraHours: [dated('2026-12-24', '23:00-02:00', { min: 8 })] });
      expect(calendarAt(extra, berlin('2026-12-25T01:00'), 0)).toMatchObject({
        floor: 8,
        because: '2026-12-24 23:00-02:00',
        sinceMs: berlin('2026-12-24T23:00'),
        nextEdgeMs: berlin('2026-12-25T02:00'),
      });
    });

    it('finds a dated window more than a year ahead, and the week after a long holiday', () => {
      const extra = calendar([], { extraHours: [dated('2027-12-24', '08:00-09:00')] });
      expect(calendarAt(extra, berlin('2026-11-23T12:00'), 0).nextEdgeMs).toBe(berlin('2027-12-24T08:00'));
      const shutdown = calendar([weekly([1], '08:00-09:00')], {
        holidays: { nameOn: (date) => (date >= '2026-12-01' && date < '2027-02-02' ? 'shutdown' : undefined) },
      });
      expect(calendarAt(shutdown, berlin('2026-12-02T12:00'), 0).nextEdgeMs).toBe(berlin('2027-02-08T08:00'));
    });

    it('finds the next holiday of a calendar that is otherwise always open', () => {
      const always = calendar([weekly(everyDay, '00:00-24:00')], { holidays: christmas });
      expect(calendarAt(always, berlin('2026-01-02T12:00'), 0).nextEdgeMs).toBe(berlin('2026-12-24T00:00'));
    });
  });

  describe('when the clocks change', () => {
    const cases = [
      ['starts at the end of a gap', 'Europe/Berlin', '02:30-06:00', '2026-03-29', '03:00+02:00', '06:00+02:00'],
      ['ends at the moment of a gap', 'Europe/Berlin', '00:30-02:30', '2026-03-29', '00:30+01:00', '03:00+02:00'],
      ['starts at the earlier time', 'Europe/Berlin', '02:30-06:00', '2026-10-25', '02:30+02:00', '06:00+01:00'],
      ['ends at the later time', 'Europe/Berlin', '01:00-02:30', '2026-10-25', '01:00+02:00', '02:30+01:00'],
      ['starts after a midnight gap', 'America/Sao_Paulo', '00:00-04:00', '2018-11-04', '01:00-02:00', '04:00-02:00'],
      ['half an hour forward', 'Australia/Lord_Howe', '02:10-05:00', '2026-10-04', '02:30+11:00', '05:00+11:00'],
      ['half an hour back', 'Australia/Lord_Howe', '01:00-01:45', '2026-04-05', '01:00+11:00', '01:45+10:30'],
    ].map(([name = '', timezone = '', hours = '', on = '', opens = '', closes = '']) => ({
      name,
      timezone,
      hours,
      on,
      opens,
      closes,
    }));
    it.each(cases)('$name ($timezone $hours)', ({ timezone, hours, on, opens, closes }) => {
      const day = calendar([weekly(everyDay, hours)], { timezone });
      const noonBefore = Temporal.PlainDate.from(on).subtract({ days: 1 }).toString();
      const opensMs = calendarAt(day, at(`${noonBefore}T12:00[${timezone}]`), 0).nextEdgeMs;
      expect(shown(timezone, opensMs)).toBe(`${on}T${opens.replace(/([+-])/, ':00$1')}`);
      const closesMs = calendarAt(day, opensMs!, 0).nextEdgeMs;
      expect(shown(timezone, closesMs)).toBe(`${on}T${closes.replace(/([+-])/, ':00$1')}`);
    });

    it('leaves out a window that lies wholly in a gap, and finds it a week later', () => {
      const gap = calendar([weekly([7], '02:15-02:45')]);
      expect(calendarAt(gap, berlin('2026-03-27T12:00'), 0).nextEdgeMs).toBe(berlin('2026-04-05T02:15'));
    });

    it('knows nothing of a day that a timezone skipped', () => {
      const apia = calendar([weekly(everyDay, '08:00-09:00')], { timezone: 'Pacific/Apia' });
      const nextEdgeMs = calendarAt(apia, at('2011-12-29T12:00[Pacific/Apia]'), 0).nextEdgeMs;
      expect(shown('Pacific/Apia', nextEdgeMs)).toBe('2011-12-31T08:00:00+14:00');
    });
  });
});
