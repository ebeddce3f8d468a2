import type { Calendar } from '../../domain/calendar.ts';
import type { Policy } from '../../domain/policy.ts';
import { noHolidays, parseHolidays } from './holidays.ts';
import { calendarKeys } from '../metadata-keys.ts';
import type { Metadata } from '../metadata.ts';
import type { Parse } from '../parse.ts';
import { maxReplicas } from '../../domain/replicas.ts';
import { duration, oneOf, wholeNumber } from '../scalars.ts';
import { parseTimezone } from './timezone.ts';
import { parseBusinessHours, parseExtraHours } from './windows.ts';

const dayMs = 86_400_000;
const defaultWarmReplicas = 1;
const defaultDrainTimeoutMs = 600_000;

type CalendarSettings = Pick<Policy, 'calendar' | 'offHours' | 'offHoursMaxReplicas' | 'warmLeadMs' | 'drainTimeoutMs'>;

/** Reads all that has to do with business hours. */
export function readCalendarSettings(metadata: Metadata): CalendarSettings {
  checkKeys(metadata);
  const calendar = readCalendar(metadata);
  const offHours = metadata.read('offHours', oneOf(['on-demand', 'closed'])) ?? 'on-demand';
  const offHoursMaxReplicas = metadata.read('offHoursMaxReplicas', parseCeiling);
  warnOfIdleKeys(metadata, offHours);
  return {
    ...(calendar && { calendar }),
    offHours,
    ...(offHoursMaxReplicas !== undefined && { offHoursMaxReplicas }),
    warmLeadMs: metadata.read('warmLead', parseWarmLead) ?? 'auto',
    drainTimeoutMs: metadata.read('drainTimeout', duration(0, dayMs)) ?? defaultDrainTimeoutMs,
  };
}

/** Whether the user names business hours of any kind, valid or not. */
export function hasWindows(metadata: Metadata): boolean {
  return metadata.has('businessHours') || metadata.has('extraHours');
}

function checkKeys(metadata: Metadata): void {
  if (hasWindows(metadata)) {
    if (!metadata.has('timezone'))
      metadata.reject('timezone', 'is missing; business hours need one, such as Europe/Berlin');
    return;
  }
  for (const key of calendarKeys) {
    if (metadata.has(key))
      metadata.reject(key, 'means nothing without business hours; add businessHours or extraHours');
  }
}

function readCalendar(metadata: Metadata): Calendar | undefined {
  const timezone = metadata.read('timezone', parseTimezone);
  const windows = metadata.read('businessHours', parseBusinessHours) ?? [];
  const extraHours = metadata.read('extraHours', parseExtraHours) ?? [];
  const holidays = metadata.read('holidays', parseHolidays) ?? noHolidays;
  const warmReplicas = metadata.read('warmReplicas', wholeNumber(0, maxReplicas)) ?? defaultWarmReplicas;
  if (timezone === undefined || windows.length + extraHours.length === 0) return undefined;
  return { timezone, windows, holidays, extraHours, warmReplicas };
}

const parseCeiling: Parse<number> = (text, report) => {
  if (!/^0+$/.test(text)) return wholeNumber(1, maxReplicas)(text, report);
  report('0 would close the off-hours; write "offHours: closed" for that, or a number from 1');
  return undefined;
};

const parseWarmLead: Parse<number | 'auto'> = (text, report) =>
  text === 'auto' ? 'auto' : duration(0, dayMs)(text, (problem) => report(`${problem}, nor "auto"`));

function warnOfIdleKeys(metadata: Metadata, offHours: Policy['offHours']): void {
  if (offHours === 'closed' && metadata.has('offHoursMaxReplicas')) {
    metadata.warn('offHoursMaxReplicas', 'has no effect where offHours is closed');
  }
  if (offHours === 'on-demand' && metadata.has('drainTimeout')) {
    metadata.warn('drainTimeout', 'has no effect unless offHours is closed');
  }
}
