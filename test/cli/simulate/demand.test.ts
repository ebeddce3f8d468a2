import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf, madeUpDemand, parseDemand, rateOf } from '../../../src/cli/simulate/demand.ts';
import { UsageError } from '../../../src/program/options.ts';

const day = { date: '2026-11-25', timezone: 'Europe/Berlin' };
const minuteMs = 60_000;
const midnightMs = instantOf(day, 0);

describe('a demand trace', () => {
  it('is read with times of the day or seconds, each row until the next', () => {
    const rows = parseDemand('time,requests_per_minute\r\n00:30,12\r\n\r\n08:00:30,0.5\r\n', 'day.csv', day);
    expect(rows).toEqual([
      { atMs: midnightMs + 30 * minuteMs, perMinute: 12 },
      { atMs: midnightMs + 480.5 * minuteMs, perMinute: 0.5 },
    ]);
    expect(parseDemand('time,requests_per_second\n600,2\n', 'day.csv', day)).toEqual([
      { atMs: midnightMs + 10 * minuteMs, perMinute: 120 },
    ]);
    const rate = rateOf(rows);
    expect([29, 30, 31, 600].map((minute) => rate(midnightMs + minute * minuteMs))).toEqual([0, 12, 12, 0.5]);
  });

  it('goes by the clocks of the place, on the day that they change too', () => {
    const change = { date: '2026-10-25', timezone: 'Europe/Berlin' };
    const [row] = parseDemand('time,requests_per_minute\n08:00,1\n', 'day.csv', change);
    expect(new Date(row?.atMs ?? 0).toISOString()).toBe('2026-10-25T07:00:00.000Z');
    expect((instantOf(change, 86_400) - instantOf(change, 0)) / 3_600_000).toBe(25);
  });

  it('is made up with its peak in the middle of the day', () => {
    const rates = madeUpDemand(day, 200).map(({ perMinute }) => perMinute);
    expect([rates.length, rates[3], Math.max(...rates), rates[11]]).toEqual([24, 0, 200, 200]);
  });

  const head = 'day.csv: the first line has to be time,requests_per_minute or time,requests_per_second';
  it.each([
    ['', head],
    ['08:00,12\n', head],
    ['time,rps\n08:00,12\n', head],
    ['time,requests_per_minute\n', 'day.csv: has no rows; write some like 08:00,12'],
    [
      'time,requests_per_minute\n25:00,1\n',
      'day.csv:2: "25:00" is no time of the day such as 08:30, nor seconds from 0 to 86400',
    ],
    ['time,requests_per_minute\n08:00\n', 'day.csv:2: "" is not a number of requests from 0 to 1000000'],
    ['time,requests_per_minute\n\n08:00,-1\n', 'day.csv:3: "-1" is not a number of requests from 0 to 1000000'],
    ['time,requests_per_second\n08:00,1e9\n', 'day.csv:2: "1e9" is not a number of requests from 0 to 16666'],
    ['time,requests_per_minute\n08:00,1\n07:00,1\n', 'day.csv:3: comes at or before the row above; sort rows by time'],
  ])('is refused as %j', (text, problem) => {
    expect(() => parseDemand(text, 'day.csv', day)).toThrow(new UsageError(problem));
  });

  it('never crashes on any text', () => {
    const part = fc.constantFrom('time', 'requests_per_minute', ',', '\n', '08:00', '90000', '1', '-', 'é', '"');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        try {
          for (const { perMinute } of parseDemand(`time,requests_per_minute\n${parts.join('')}`, 'x', day)) {
            expect(perMinute).toBeGreaterThanOrEqual(0);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });
});
