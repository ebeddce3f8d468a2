import type { Bid, DecisionContext } from '../../domain/decision.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { Policy } from '../../domain/policy.ts';
import type { Workload } from '../../domain/workload.ts';

/** The warm replicas of the window in force, or of the next one where those are more and have to be started now. */
export function floor(policy: Policy, { calendar, nowMs, workload }: DecisionContext): Bid | undefined {
  if (!calendar) return undefined;
  const { upcoming } = calendar;
  if (upcoming && upcoming.floor > calendar.floor) {
    const opensIn = formatDuration(Math.max(0, upcoming.opensAtMs - nowMs));
    const why = `warming ${upcoming.floor} for ${upcoming.because}, opens in ${opensIn}${describeLead(policy, workload)}`;
    return { rule: 'floor', atLeast: upcoming.floor, why };
  }
  if (calendar.floor === 0) return undefined;
  return { rule: 'floor', atLeast: calendar.floor, why: `at least ${calendar.floor}: ${calendar.because}` };
}

/** What an automatic lead goes by. */
function describeLead({ warmLeadMs }: Policy, { startup }: Workload): string {
  if (warmLeadMs !== 'auto') return '';
  return startup ? ` (learned start-up ${formatDuration(startup.p90Ms)})` : ' (start-up not learned yet)';
}
