import { quoted } from '../parse.ts';
import type { Parse } from '../parse.ts';

/** Reads a date that exists, as `YYYY-MM-DD`. */
export const parseDate: Parse<string> = (text, report) => {
  if (/^\d{4}-\d\d-\d\d$/.test(text) && exists(text)) return text;
  report(`expected a date YYYY-MM-DD that exists at ${quoted(text)}`);
  return undefined;
};

/** Reads a day of every year, as `MM-DD`; `02-29` counts in leap years. */
export const parseYearlyDate: Parse<string> = (text, report) => {
  if (/^\d\d-\d\d$/.test(text) && exists(`2000-${text}`)) return text;
  report(`expected a day of the year MM-DD that exists at ${quoted(text)}`);
  return undefined;
};

function exists(date: string): boolean {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  return month >= 1 && month <= 12 && day >= 1 && day <= Temporal.PlainYearMonth.from({ year, month }).daysInMonth;
}
