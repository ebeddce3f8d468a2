import type { Calendar } from '../domain/calendar.ts';
import type { Policy } from '../domain/policy.ts';
import type { Startup } from '../domain/startup.ts';

/** For `warmLead: auto`, until a start was seen. */
const unlearnedMs = 300_000;
/** On top of what was learned, the longer of the two: for a slower start, and for two syncs of the HPA. */
const margin = { ms: 30_000, share: 0.1 };
const longestMs = 3_600_000;
/** The HPA syncs this often, and without a behavior makes at most double the replicas, or 4, at each sync. */
const hpaSyncMs = 15_000;
const hpaFirstStep = 4;

/**
 * How long before a window opens its floor is asked for, so that its replicas are ready when it does. `auto` takes the
 * learned start-up time, a margin, and the syncs that the HPA needs to get to the highest floor; an hour at most.
 */
export function warmLeadMs({ warmLeadMs: given, calendar }: Policy, startup: Startup | undefined): number {
  if (given !== 'auto') return given;
  const readyMs = startup ? startup.p90Ms + Math.max(margin.ms, startup.p90Ms * margin.share) : unlearnedMs;
  return Math.min(longestMs, readyMs + rampMs(highestFloor(calendar)));
}

/** The HPA's syncs after the first. */
function rampMs(replicas: number): number {
  return Math.ceil(Math.log2(Math.max(1, replicas / hpaFirstStep))) * hpaSyncMs;
}

function highestFloor(calendar: Calendar | undefined): number {
  const windows = [...(calendar?.windows ?? []), ...(calendar?.extraHours ?? [])];
  return Math.max(0, ...windows.map(({ min }) => min ?? calendar?.warmReplicas ?? 0));
}
