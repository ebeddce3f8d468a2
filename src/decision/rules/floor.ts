import type { Bid, DecisionContext } from '../../domain/decision.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { Policy } from '../../domain/policy.ts';

/** The warm replicas of the window in force, or of the next one where those are more and have to be started now. */
export function floor(_policy: Policy, { calendar, nowMs }: DecisionContext): Bid | undefined {
  if (!calendar) return undefined;
  const { upcoming } = calendar;
  if (upcoming && upcoming.floor > calendar.floor) {
    const opensIn = formatDuration(Math.max(0, upcoming.opensAtMs - nowMs));
    const why = `warming ${upcoming.floor} for ${upcoming.because}, opens in ${opensIn}`;
    return { rule: 'floor', atLeast: upcoming.floor, why };
  }
  if (calendar.floor === 0) return undefined;
  return { rule: 'floor', atLeast: calendar.floor, why: `at least ${calendar.floor}: ${calendar.because}` };
}
