import { describe, expect, it } from 'vitest';
import { endMs, firstShownMs, localTime, outage } from '../../../src/cli/demo/business-day.ts';
import type { Moment } from '../../../src/cli/demo/expectations.ts';
import { showSummary, summarize } from '../../../src/cli/demo/summary.ts';

const minuteMs = 60_000;

/** Replicas as the day should have them, from each local time on. */
const wanted: readonly (readonly [string, number])[] = [
  ['23T05:30', 0],
  ['23T07:45', 2],
  ['23T11:15', 4],
  ['23T11:50', 8],
  ['23T13:15', 4],
  ['23T14:35', 2],
  ['23T20:10', 0],
  ['23T23:01', 1],
  ['23T23:40', 0],
];

function replicasAt(atMs: number): number {
  return wanted.findLast(([time]) => localTime(`2026-12-${time}`) <= atMs)?.[1] ?? 0;
}

function goodDay(): Moment[] {
  const moments: Moment[] = [];
  for (let atMs = firstShownMs; atMs <= endMs; atMs += minuteMs) {
    const replicas = replicasAt(atMs);
    const rule = atMs >= outage.fromMs && atMs <= outage.untilMs ? 'hold' : 'load';
    moments.push({ atMs, replicas, ready: replicas, queue: 0, rule, why: 'as wanted' });
  }
  return moments;
}

function failures(moments: readonly Moment[], served = 10): string[] {
  const summary = summarize({ moments, arrived: 10, served }, 0);
  expect(summary.passed).toBe(summary.expectations.every(({ met }) => met));
  return summary.expectations.filter(({ met }) => !met).map(({ about }) => about.replace(/ \(.*/, ''));
}

/** The good day with other values between two local times. */
function changed(from: string, until: string, values: Partial<Moment>): Moment[] {
  const [fromMs, untilMs] = [localTime(`2026-12-${from}`), localTime(`2026-12-${until}`)];
  return goodDay().map((moment) =>
    moment.atMs >= fromMs && moment.atMs <= untilMs ? { ...moment, ...values } : moment,
  );
}

describe('the expectations of the day', () => {
  it('are all met by a good day', () => {
    expect(failures(goodDay())).toEqual([]);
  });

  it.each([
    ['dark before the office opens', changed('23T06:10', '23T06:20', { replicas: 1 })],
    ['warm when it opens', changed('23T07:55', '23T08:05', { ready: 1 })],
    ['warm before lunch', changed('23T11:25', '23T11:35', { ready: 2 })],
    ['lunch spike', changed('23T11:45', '23T13:10', { ready: 4 })],
    ['queue metrics lost', changed('23T14:05', '23T14:20', { replicas: 2 })],
    ['queue metrics lost', changed('23T13:30', '23T14:30', { rule: 'floor' })],
    ['back to what is needed', changed('23T16:50', '23T17:10', { replicas: 6 })],
    ['dark after closing', changed('23T22:00', '23T22:10', { replicas: 2 })],
    ['demand at 23:00 wakes it', changed('23T23:00', '23T23:30', { ready: 0 })],
    ['dark again after it', changed('24T00:20', '24T00:40', { replicas: 1 })],
    ['dark on the holiday', changed('24T09:00', '24T09:10', { replicas: 2 })],
  ])('one of them fails when it should: %s', (about, moments) => {
    expect(failures(moments)).toEqual([about]);
  });

  it('fail when a request is lost', () => {
    expect(failures(goodDay(), 9)).toEqual(['every request was served']);
  });
});

it('the summary counts GPU hours against the peak always on', () => {
  const moments = [0, 1, 2].map((hour) => ({
    atMs: hour * 3_600_000,
    replicas: [2, 4, 0][hour] ?? 0,
    ready: 0,
    queue: 0,
    rule: 'load',
    why: '',
  }));
  const summary = summarize({ moments, arrived: 1, served: 1 }, 2_400);
  expect(summary.gpuHours).toEqual({ used: 6, alwaysOn: 8 });
  expect(showSummary(summary)).toContain("GPU hours: 6 used; 8 with the day's peak always on (25 % saved)");
  expect(showSummary(summary)).toContain('longest wait 2 s');
});
