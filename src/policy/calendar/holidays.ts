import type { HolidayBook } from '../../domain/calendar.ts';
import { parseDate, parseYearlyDate } from './dates.ts';
import { findRegion } from './holiday-regions.ts';
import { listOf } from '../parse.ts';
import type { Parse } from '../parse.ts';

const maxEntries = 200;

export const noHolidays: HolidayBook = { nameOn: () => undefined };

/** Reads regions (`DE-BE`), dates (`2026-12-31`) and yearly dates (`12-24`), with commas between. */
export const parseHolidays: Parse<HolidayBook> = (text, report) => {
  const books = parseEntries(text, report);
  return books && { nameOn: (date) => firstName(books, date) };
};

const parseEntries: Parse<readonly HolidayBook[]> = listOf(',', 'holiday', maxEntries, (text, report) => {
  if (/^\d+-\d+-\d+$/.test(text)) return bookOf(text, parseDate(text, report), (date) => date);
  if (/^\d+-\d+$/.test(text)) return bookOf(text, parseYearlyDate(text, report), (date) => date.slice('YYYY-'.length));
  if (/^[a-z]{2}(?:-[a-z0-9]{1,20}){0,2}$/i.test(text)) return findRegion(text, report);
  report('expected a country or region (DE, DE-BE), a date (2026-12-31) or a day of every year (12-24)');
  return undefined;
});

/** A book with one holiday, called as the user wrote it, because a date is all that is known of it. */
function bookOf(name: string, wanted: string | undefined, partOf: (date: string) => string): HolidayBook | undefined {
  return wanted === undefined ? undefined : { nameOn: (date) => (partOf(date) === wanted ? name : undefined) };
}

function firstName(books: readonly HolidayBook[], date: string): string | undefined {
  for (const book of books) {
    const name = book.nameOn(date);
    if (name !== undefined) return name;
  }
  return undefined;
}
