import { expectations } from './expectations.ts';
import type { DayRecord } from './expectations.ts';

const hourMs = 3_600_000;

/** The day's outcome, as the last line of `--once` prints it. */
export interface DaySummary {
  readonly passed: boolean;
  readonly expectations: readonly { readonly about: string; readonly seen: string; readonly met: boolean }[];
  readonly requests: { readonly arrived: number; readonly served: number; readonly longestWaitSeconds: number };
  /** GPU hours that pods held, and what always keeping the day's peak would have held. */
  readonly gpuHours: { readonly used: number; readonly alwaysOn: number };
}

/** Holds the day against what it should show. */
export function summarize(day: DayRecord, longestWaitMs: number): DaySummary {
  const rows = expectations.map(({ about, check }) => ({ about, ...check(day) }));
  return {
    passed: rows.every(({ met }) => met),
    expectations: rows,
    requests: { arrived: day.arrived, served: day.served, longestWaitSeconds: Math.round(longestWaitMs / 1_000) },
    gpuHours: gpuHours(day),
  };
}

/** The summary as a table for people. */
export function showSummary(summary: DaySummary): string {
  const width = Math.max(...summary.expectations.map(({ about }) => about.length));
  const rows = summary.expectations.map(
    ({ about, seen, met }) => `  ${met ? 'ok  ' : 'FAIL'}  ${about.padEnd(width)}  ${seen}`,
  );
  const { used, alwaysOn } = summary.gpuHours;
  const saved = Math.round(100 * (1 - used / alwaysOn));
  return [
    'The day held against what it should show:',
    ...rows,
    '',
    `  GPU hours: ${used} used; ${alwaysOn} with the day's peak always on (${saved} % saved)`,
    `  Requests:  ${summary.requests.served} served, longest wait ${summary.requests.longestWaitSeconds} s`,
  ].join('\n');
}

function gpuHours(day: DayRecord): DaySummary['gpuHours'] {
  let used = 0;
  let peak = 0;
  let lengthMs = 0;
  for (const [index, moment] of day.moments.entries()) {
    const stepMs = (day.moments[index + 1]?.atMs ?? moment.atMs) - moment.atMs;
    used += (moment.replicas * stepMs) / hourMs;
    peak = Math.max(peak, moment.replicas);
    lengthMs += stepMs;
  }
  return { used: round(used), alwaysOn: round((peak * lengthMs) / hourMs) };
}

function round(hours: number): number {
  return Math.round(hours * 10) / 10;
}
