import type { Calendar } from '../../domain/calendar.ts';
import type { Policy, SignalPlan } from '../../domain/policy.ts';
import type { SignalName } from '../../domain/signal.ts';
import { hasWindows } from '../calendar/calendar-settings.ts';
import type { Metadata } from '../metadata.ts';

/** Demand that can be seen from outside while there is no pod. Cache, GPUs and generated tokens need a pod to be measured. */
const seenWithoutPods: readonly SignalName[] = ['queue', 'running', 'concurrency', 'requestRate'];
const minutesPerDay = 1_440;
const minutesPerWeek = 7 * minutesPerDay;

/**
 * Checks that a workload at zero replicas can come back (docs/decisions/0002-wakeability.md): demand that is seen where no
 * pod is needed, or the floor of a calendar. Judged by the keys that are given, so that a value that is not valid is not
 * reported twice.
 */
export function checkWakeability(metadata: Metadata, policy: Pick<Policy, 'calendar' | 'offHours'>): void {
  const wakesOnDemand = seenWithoutPods.some(
    (signal) => metadata.has(`${signal}From`) && metadata.has(`${signal}Target`),
  );
  if (wakesOnDemand) return;
  const { calendar } = policy;
  const wakesByCalendar = calendar ? hasFloor(calendar) : hasWindows(metadata);
  if (!wakesByCalendar) metadata.problems.push(describeDeadEnd(metadata));
  else if (calendar && policy.offHours === 'on-demand' && hasOffHours(metadata, calendar)) {
    metadata.warnings.push(
      'only the calendar wakes this workload: demand outside business hours is not seen; ' +
        'add queueFrom and queueTarget to see it, or write "offHours: closed" if that is meant',
    );
  }
}

/** Says what is legal but can't do what the user expects of it. */
export function warnOfSignals(metadata: Metadata, plans: readonly SignalPlan[]): void {
  const queue = plans.find(({ signal }) => signal === 'queue');
  if (!metadata.has('queueActivation') || queue?.target !== undefined || metadata.has('queueTarget')) return;
  metadata.warn('queueActivation', 'has no effect without queueTarget');
}

function describeDeadEnd(metadata: Metadata): string {
  const hours = hasWindows(metadata) ? 'a window with min=1 or more' : 'timezone and businessHours';
  const seen = seenWithoutPods.find((signal) => metadata.has(`${signal}From`));
  if (seen !== undefined) {
    const onlyTarget = `only a target wakes${metadata.has('steps') ? ', and no step does' : ''}`;
    return `nothing here can end zero replicas: ${seen} is seen without pods, but ${onlyTarget}; add ${seen}Target, or ${hours}`;
  }
  const blind = metadata.has('engine') ? 'engine pods and GPUs' : 'GPUs';
  return (
    `nothing here can end zero replicas, because ${blind} tell nothing while there is no pod; ` +
    `add queueFrom and queueTarget (a connection that sees waiting requests), or ${hours}; ` +
    'if zero is never meant, write timezone: "UTC" and businessHours: "daily 00:00-24:00 min=1"'
  );
}

function hasFloor({ windows, extraHours, warmReplicas }: Calendar): boolean {
  return [...windows, ...extraHours].some((window) => (window.min ?? warmReplicas) > 0);
}

/** Whether a calendar has a time at which it keeps nothing warm. */
function hasOffHours(metadata: Metadata, { windows, warmReplicas }: Calendar): boolean {
  if (metadata.has('holidays')) return true;
  const isWarm = new Uint8Array(minutesPerWeek);
  for (const window of windows.filter(({ min }) => (min ?? warmReplicas) > 0)) {
    const endMinute = window.endMinute + (window.endMinute > window.startMinute ? 0 : minutesPerDay);
    for (const day of window.days) {
      for (let minute = window.startMinute; minute < endMinute; minute += 1) {
        isWarm[((day - 1) * minutesPerDay + minute) % minutesPerWeek] = 1;
      }
    }
  }
  return isWarm.includes(0);
}
