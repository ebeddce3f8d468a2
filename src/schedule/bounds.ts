import type { Calendar } from '../domain/calendar.ts';
import type { Span } from './spans.ts';

/** What the windows in force ask for together. */
export interface Bounds {
  readonly open: boolean;
  readonly floor: number;
  readonly ceiling?: number;
}

/** Highest min and lowest max of the spans; where the two contradict each other, the ceiling is above the floor's right. */
export function boundsOf(calendar: Calendar, spans: readonly Span[]): Bounds {
  if (spans.length === 0) return { open: false, floor: 0 };
  const floors = spans.map(({ window }) => window.min ?? calendar.warmReplicas);
  const ceiling = Math.min(...spans.map(({ window }) => window.max ?? Infinity));
  const floor = Math.min(Math.max(...floors), ceiling);
  return ceiling === Infinity ? { open: true, floor } : { open: true, floor, ceiling };
}

export function areEqual(a: Bounds, b: Bounds): boolean {
  return a.open === b.open && a.floor === b.floor && a.ceiling === b.ceiling;
}
