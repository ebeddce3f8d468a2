import type { DatedWindow, WeeklyWindow } from '../../domain/calendar.ts';
import { parseDate } from './dates.ts';
import { listOf, quoted } from '../parse.ts';
import type { Parse, Report } from '../parse.ts';
import { maxReplicas } from '../../domain/replicas.ts';
import { parseDays } from './weekdays.ts';

const maxWindows = 200;
const minutesPerDay = 1_440;

type HoursAndLimits = Pick<WeeklyWindow, 'startMinute' | 'endMinute' | 'min' | 'max'>;

/** Reads `DAYS HH:MM-HH:MM [min=N] [max=N]`, any number of them with `;` between. */
export const parseBusinessHours: Parse<readonly WeeklyWindow[]> = listOf(';', 'window', maxWindows, (text, report) => {
  const window = parseWindow(text, parseDays, 'Mon-Fri 08:00-20:00 min=2', report);
  return window && { days: window.on, ...window.rest, text };
});

/** Reads `YYYY-MM-DD HH:MM-HH:MM [min=N] [max=N]`, any number of them with `;` between. */
export const parseExtraHours: Parse<readonly DatedWindow[]> = listOf(';', 'window', maxWindows, (text, report) => {
  const window = parseWindow(text, parseDate, '2026-11-27 00:00-24:00 min=8', report);
  return window && { date: window.on, ...window.rest, text };
});

function parseWindow<T>(
  text: string,
  parseOn: Parse<T>,
  example: string,
  report: Report,
): { on: T; rest: HoursAndLimits } | undefined {
  const [first = '', hours, ...limits] = text.split(/\s+/);
  const on = parseOn(first, report);
  if (on === undefined) return undefined;
  const [, start, end] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(hours ?? '') ?? [];
  if (start === undefined || end === undefined) {
    const place = hours === undefined ? `after ${quoted(first)}` : `at ${quoted(hours)}`;
    report(`expected HH:MM-HH:MM ${place}, as in "${example}"`);
    return undefined;
  }
  const time = parseHours(start, end, report);
  const bounds = time && parseLimits(limits, report);
  return bounds && { on, rest: { ...time, ...bounds } };
}

/** An end at or before the start is on the next day; `24:00` is an end only. */
function parseHours(
  start: string,
  end: string,
  report: Report,
): Pick<HoursAndLimits, 'startMinute' | 'endMinute'> | undefined {
  const startMinute = parseTime(start, report);
  const endMinute = parseTime(end, report);
  if (startMinute === undefined || endMinute === undefined) return undefined;
  if (startMinute < minutesPerDay) return { startMinute, endMinute };
  report('a window can end at 24:00 but not start there; write 00:00 and the next day');
  return undefined;
}

function parseTime(text: string, report: Report): number | undefined {
  const [hour = 0, minute = 0] = text.split(':').map(Number);
  if (minute < 60 && hour * 60 + minute <= minutesPerDay) return hour * 60 + minute;
  report(`"${text}" is not a time from 00:00 to 24:00`);
  return undefined;
}

function parseLimits(words: readonly string[], report: Report): Pick<HoursAndLimits, 'min' | 'max'> | undefined {
  const limits: { min?: number; max?: number } = {};
  for (const word of words) {
    const problem = takeLimit(word, limits);
    if (problem === undefined) continue;
    report(problem);
    return undefined;
  }
  const { min, max } = limits;
  if (min !== undefined && max !== undefined && min > max) {
    report(`min=${min} is above max=${max}`);
    return undefined;
  }
  return limits;
}

/** Puts `min=2` into the limits; answers what is wrong with it. */
function takeLimit(word: string, limits: { min?: number; max?: number }): string | undefined {
  const [, name, digits] = /^(min|max)=(\d{1,10})$/.exec(word) ?? [];
  if (name !== 'min' && name !== 'max') return `expected min=N or max=N at ${quoted(word)}`;
  const value = Number(digits);
  if (limits[name] !== undefined) return `${name} is given twice, at ${quoted(word)}`;
  if (value > maxReplicas) return `${word} is more than the ${maxReplicas} replicas allowed`;
  if (name === 'max' && value === 0) return 'max=0 would close the window; leave the window out';
  limits[name] = value;
  return undefined;
}
