import type { Weekday } from '../../domain/calendar.ts';
import { quoted } from '../parse.ts';
import type { Parse } from '../parse.ts';

const weekdays = new Map<string, Weekday>([
  ['mon', 1],
  ['tue', 2],
  ['wed', 3],
  ['thu', 4],
  ['fri', 5],
  ['sat', 6],
  ['sun', 7],
]);
const everyDay = [...weekdays.values()];

/** Reads `Mon`, `Mon-Fri`, `Sat,Sun`, `Fri-Mon` (over the weekend) or `daily` as the days in the order of the week. */
export const parseDays: Parse<readonly Weekday[]> = (text, report) => {
  if (text.toLowerCase() === 'daily') return everyDay;
  const chosen = new Set<Weekday>();
  for (const part of text.split(',')) {
    const [from, to, ...others] = part.split('-').map((name) => weekdays.get(name.toLowerCase()));
    const isRange = part.includes('-');
    if (from === undefined || (isRange && to === undefined) || others.length > 0) {
      report(`expected days at ${quoted(part)}: Mon, Tue, Wed, Thu, Fri, Sat, Sun, a range such as Mon-Fri, or daily`);
      return undefined;
    }
    for (const day of range(from, to ?? from)) chosen.add(day);
  }
  return everyDay.filter((day) => chosen.has(day));
};

function range(from: Weekday, to: Weekday): readonly Weekday[] {
  return from <= to
    ? everyDay.filter((day) => from <= day && day <= to)
    : everyDay.filter((day) => day >= from || day <= to);
}
