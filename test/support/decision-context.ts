import type { CalendarState } from '../../src/domain/calendar.ts';
import type { DecisionContext } from '../../src/domain/decision.ts';
import type { SignalPlan } from '../../src/domain/policy.ts';
import type { AbsentReading, FailedReading, Reading, StaleReading } from '../../src/domain/reading.ts';
import type { SignalName } from '../../src/domain/signal.ts';
import { workload } from './builders.ts';

/** The moment at which the decisions of the tests are made. */
export const nowMs = Date.UTC(2026, 10, 23, 12);

/** One ready replica, no calendar, and nothing read, unless told otherwise. */
export function context(overrides: Partial<DecisionContext> = {}): DecisionContext {
  return { nowMs, workload: workload(), readings: new Map(), ...overrides };
}

export function readings(entries: Partial<Record<SignalName, Reading>>): DecisionContext['readings'] {
  return new Map(Object.entries(entries) as [SignalName, Reading][]);
}

/** A signal that the user asked for. Its origin does not matter to a decision. */
export function plan(signal: SignalName, overrides: Partial<SignalPlan> = {}): SignalPlan {
  return { signal, origin: { kind: 'exporter' }, required: true, ...overrides };
}

/** Business hours without a floor, unless told otherwise. */
export function calendar(overrides: Partial<CalendarState> = {}): CalendarState {
  return { open: true, floor: 0, because: 'Mon-Fri 08:00-20:00', ...overrides };
}

/** Off hours that began an hour ago, unless told otherwise. */
export function offHours(overrides: Partial<CalendarState> = {}): CalendarState {
  const hourMs = 3_600_000;
  return { open: false, floor: 0, because: 'outside business hours', sinceMs: nowMs - hourMs, ...overrides };
}

const origin = { source: 'test', observedAtMs: nowMs - 40_000, coverage: { heard: 0, expected: 1 } };

export function absent(overrides: Partial<AbsentReading> = {}): AbsentReading {
  return { state: 'absent', ...origin, reason: 'no such series', ...overrides };
}

export function stale(overrides: Partial<StaleReading> = {}): StaleReading {
  return { state: 'stale', lastValue: 3, ...origin, reason: 'timed out', ...overrides };
}

export function failed(overrides: Partial<FailedReading> = {}): FailedReading {
  return { state: 'failed', ...origin, reason: 'connection refused', ...overrides };
}
