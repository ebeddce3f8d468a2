import type { EpochMs } from '../../domain/clock.ts';
import { UsageError } from '../../program/options.ts';

/** From a moment on, until the next row, so many requests arrive per minute. */
export interface DemandRow {
  readonly atMs: EpochMs;
  readonly perMinute: number;
}

/** The day that is played: its date in a timezone. */
export interface Day {
  readonly date: string;
  readonly timezone: string;
}

const mostPerMinute = 1_000_000;
const rates = { requests_per_minute: 1, requests_per_second: 60 } as const;
const expectedHead = 'time,requests_per_minute or time,requests_per_second';

/** Share of the peak in each hour of a working day that is made up. */
const workingDay = [0.02, 0.01, 0, 0, 0, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 1, 0.8, 0.85, 0.95, 0.9, 0.8, 0.65, 0.45, 0.3, 0.2, 0.12, 0.08, 0.04]; // prettier-ignore

/** The rate at a moment; to be asked for moments one after the other. */
export function rateOf(rows: readonly DemandRow[]): (nowMs: EpochMs) => number {
  let next = 0;
  return (nowMs) => {
    while (next < rows.length && (rows[next]?.atMs ?? Infinity) <= nowMs) next += 1;
    return rows[next - 1]?.perMinute ?? 0;
  };
}

/** A working day with its lunch hour. */
export function madeUpDemand(day: Day, peakPerMinute: number): DemandRow[] {
  return workingDay.map((share, hour) => ({ atMs: instantOf(day, hour * 3_600), perMinute: share * peakPerMinute }));
}

/**
 * Reads a CSV file of rates: a line that names the columns, then times of the day (`HH:MM`, `HH:MM:SS`, or seconds since
 * midnight) in their order. Throws UsageError with the line and what is expected there.
 */
export function parseDemand(text: string, file: string, day: Day): DemandRow[] {
  const lines = text.split('\n').map((line, index) => ({ number: index + 1, cells: line.split(',').map((cell) => cell.trim()) })); // prettier-ignore
  const [head, ...rest] = lines.filter(({ cells }) => cells.join('') !== '');
  const [time = '', rate = ''] = head?.cells ?? [];
  const factor = Object.entries(rates).find(([name]) => name === rate)?.[1];
  if (time !== 'time' || factor === undefined)
    throw new UsageError(`${file}: the first line has to be ${expectedHead}`);
  const rows = rest.map(({ number, cells }) => readRow(cells, factor, `${file}:${number}`, day));
  if (rows.length === 0) throw new UsageError(`${file}: has no rows; write some like 08:00,12`);
  checkOrder(rows, (index) => `${file}:${rest[index]?.number}`);
  return rows;
}

function checkOrder(rows: readonly DemandRow[], placeOf: (index: number) => string): void {
  const early = rows.findIndex(({ atMs }, index) => atMs <= (rows[index - 1]?.atMs ?? -Infinity));
  if (early > 0) throw new UsageError(`${placeOf(early)}: comes at or before the row above; sort rows by time`);
}

function readRow([time = '', rate = '']: readonly string[], factor: number, place: string, day: Day): DemandRow {
  const seconds = secondsOf(time);
  if (seconds === undefined) {
    throw new UsageError(
      `${place}: "${time.slice(0, 80)}" is no time of the day such as 08:30, nor seconds from 0 to 86400`,
    );
  }
  const perMinute = /^\d+(\.\d+)?$/.test(rate) ? Number(rate) * factor : NaN;
  if (!(perMinute <= mostPerMinute)) {
    throw new UsageError(
      `${place}: "${rate.slice(0, 80)}" is not a number of requests from 0 to ${Math.floor(mostPerMinute / factor)}`,
    );
  }
  return { atMs: instantOf(day, seconds), perMinute };
}

function secondsOf(text: string): number | undefined {
  if (/^\d{1,5}(\.\d+)?$/.test(text) && Number(text) <= 86_400) return Number(text);
  const [, hour, minute, second = '0'] = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(text) ?? [];
  return hour === undefined ? undefined : Number(hour) * 3_600 + Number(minute) * 60 + Number(second);
}

/** The instant of a time of the day's clocks. */
export function instantOf({ date, timezone }: Day, seconds: number): EpochMs {
  const whole = Math.floor(seconds);
  const time = Temporal.PlainDateTime.from(`${date}T00:00`).add({ seconds: whole });
  return time.toZonedDateTime(timezone).epochMilliseconds + Math.round((seconds - whole) * 1_000);
}
