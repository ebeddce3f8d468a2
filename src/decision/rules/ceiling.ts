import type { CalendarState } from '../../domain/calendar.ts';
import type { Bid, DecisionContext } from '../../domain/decision.ts';
import type { Policy } from '../../domain/policy.ts';

/** The most replicas that the calendar allows: `max` of the windows in force, or the off-hours ceiling outside them. */
export function ceiling(policy: Policy, { calendar }: DecisionContext): Bid | undefined {
  if (!calendar) return undefined;
  const atMost = calendar.open ? calendar.ceiling : policy.offHoursMaxReplicas;
  if (atMost === undefined) return undefined;
  return raiseForWarming(atMost, calendar);
}

/** A ceiling that ends soon must not keep the next window's replicas from being ready when it opens. */
function raiseForWarming(atMost: number, { because, upcoming }: CalendarState): Bid {
  if (!upcoming || upcoming.floor <= atMost) return { rule: 'ceiling', atMost, why: `at most ${atMost}: ${because}` };
  const why = `at most ${upcoming.floor}: ${because}, raised from ${atMost} to warm for ${upcoming.because}`;
  return { rule: 'ceiling', atMost: upcoming.floor, why };
}
