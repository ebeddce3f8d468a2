import { createRequire } from 'node:module';
import type Holidays from 'date-holidays';
import type { HolidayBook } from '../../domain/calendar.ts';
import { nearestName } from '../../domain/nearest-name.ts';
import type { Report } from '../parse.ts';

type Library = typeof Holidays;
/** Codes as date-holidays writes them: country, state, region. */
type RegionPath = readonly string[];

const dayMs = 86_400_000;
/** A day on which clocks go forward is shorter, and a holiday all the same. */
const clockChangeMs = 2 * 3_600_000;
const maxListed = 20;

const require = createRequire(import.meta.url);
let library: Library | undefined;
/** Public holidays by `DE-BE 2026`: date and name. Shared, because many policies name the same few regions. */
const knownYears = new Map<string, ReadonlyMap<string, string>>();

/**
 * The public holidays of a country or a part of it, by its code: `DE`, `DE-BE`, `US-CA`, `DE-BY-A`. Reports a code that is
 * not known, with what is. The holidays come from the package date-holidays, which is loaded at the first call: it takes
 * some 37 MiB. Half holidays, such as the afternoon of 24 December in some countries, do not count.
 */
export function findRegion(code: string, report: Report): HolidayBook | undefined {
  const path = resolve(code.split('-'), report);
  return path && { nameOn: (date) => holidaysOf(path, Number(date.slice(0, 4))).get(date) };
}

function resolve(parts: readonly string[], report: Report): RegionPath | undefined {
  const path: string[] = [];
  for (const part of parts) {
    const codes = Object.keys(partsOf(path) ?? {});
    const found = codes.find((code) => code.toLowerCase() === part.toLowerCase());
    if (found === undefined) {
      report(describeUnknown(part, path, codes));
      return undefined;
    }
    path.push(found);
  }
  return path;
}

/** Code and name of the countries, of the states of a country, or of the regions of a state; the library may answer nothing. */
function partsOf([country, state]: RegionPath): Readonly<Record<string, string>> | undefined {
  const directory = new (load())();
  if (country === undefined) return directory.getCountries();
  return state === undefined ? directory.getStates(country) : directory.getRegions(country, state);
}

function describeUnknown(part: string, path: readonly string[], codes: readonly string[]): string {
  if (path.length === 0)
    return `no holidays are known of a country "${part}"; write its ISO 3166 code, such as DE or US`;
  const within = path.join('-');
  if (codes.length === 0) return `no holidays of its own are known of any part of ${within}; write ${within}`;
  const listed = codes.length > maxListed ? `${codes.slice(0, maxListed).join(', ')}, …` : codes.join(', ');
  const meant = nearestName(part, codes);
  const hint = meant === undefined ? '' : `; did you mean ${within}-${meant}?`;
  return `${within} has no part "${part}", but ${listed}${hint}`;
}

function holidaysOf(path: RegionPath, year: number): ReadonlyMap<string, string> {
  const key = `${path.join('-')} ${year}`;
  const known = knownYears.get(key);
  if (known) return known;
  const [country = '', state = '', region = ''] = path;
  const calendar = new (load())(country, state, region, { types: ['public'] });
  // Holidays that last over New Year are listed in the year in which they begin.
  const listed = [year - 1, year].flatMap((listedYear) => calendar.getHolidays(listedYear, 'en'));
  const names = new Map<string, string>();
  for (const holiday of listed) {
    for (const date of datesOf(holiday)) if (!names.has(date)) names.set(date, holiday.name);
  }
  knownYears.set(key, names);
  return names;
}

/** The local dates that a holiday covers as a whole. `date` is in the country's own time; `start` and `end` are moments. */
function datesOf(holiday: { readonly date: string; readonly start: Date; readonly end: Date }): readonly string[] {
  const days = Math.floor((holiday.end.getTime() - holiday.start.getTime() + clockChangeMs) / dayMs);
  const first = Temporal.PlainDate.from(holiday.date.slice(0, 10));
  return Array.from({ length: days }, (_, index) => first.add({ days: index }).toString());
}

function load(): Library {
  library ??= require('date-holidays') as Library;
  return library;
}
