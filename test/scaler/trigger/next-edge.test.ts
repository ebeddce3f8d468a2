import { describe, expect, it } from 'vitest';
import type { WorkloadReading } from '../../../src/domain/workload.ts';
import { nextEdgeMs } from '../../../src/scaler/trigger/next-edge.ts';
import { workload } from '../../support/builders.ts';

const nowMs = 1_000;
const inAnHour = nowMs + 3_600_000;

function until(untilMs: number): WorkloadReading {
  const override = { state: 'set', override: { min: 1, untilMs } } as const;
  return { state: 'known', workload: workload({ override }), observedAtMs: 0 };
}

const none: WorkloadReading = { state: 'known', workload: workload(), observedAtMs: 0 };

describe('nextEdgeMs', () => {
  it.each([
    ['nothing is planned: in an hour', undefined, none, inAnHour],
    ['the calendar has an edge', 5_000, none, 5_000],
    ['an override ends', undefined, until(4_000), 4_000],
    ['the override ends first', 5_000, until(4_000), 4_000],
    ['the calendar changes first', 3_000, until(4_000), 3_000],
    ['the override is over', 5_000, until(nowMs), 5_000],
    ['the override ends in a year', undefined, until(nowMs + 365 * 86_400_000), inAnHour],
    ['the workload is unknown', 5_000, { state: 'unknown', reason: 'gone' } as const, 5_000],
  ])('%s', (_case, calendarUntilMs, reading, expected) => {
    expect(nextEdgeMs(calendarUntilMs, reading, nowMs)).toBe(expected);
  });
});
