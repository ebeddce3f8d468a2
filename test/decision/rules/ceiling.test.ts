import { describe, expect, it } from 'vitest';
import { ceiling } from '../../../src/decision/rules/ceiling.ts';
import type { CalendarState } from '../../../src/domain/calendar.ts';
import type { Bid } from '../../../src/domain/decision.ts';
import type { Policy } from '../../../src/domain/policy.ts';
import { policy } from '../../support/builders.ts';
import { calendar, context, nowMs, offHours } from '../../support/decision-context.ts';

const upcoming = { floor: 6, opensAtMs: nowMs + 60_000, because: 'Mon-Fri 11:30-14:00 min=6' };
const nightly = policy({ offHoursMaxReplicas: 2 });

describe('ceiling', () => {
  it.each<[string, Policy, CalendarState, Pick<Bid, 'atMost' | 'why'>]>([
    [
      'the ceiling of the window in force',
      policy(),
      calendar({ ceiling: 4, because: 'Sat 10:00-14:00 max=4' }),
      { atMost: 4, why: 'at most 4: Sat 10:00-14:00 max=4' },
    ],
    [
      'offHoursMaxReplicas outside business hours',
      nightly,
      offHours(),
      { atMost: 2, why: 'at most 2: outside business hours' },
    ],
    [
      'a ceiling of 0',
      policy({ offHoursMaxReplicas: 0 }),
      offHours(),
      { atMost: 0, why: 'at most 0: outside business hours' },
    ],
    [
      'what the next window needs, where that is more',
      nightly,
      offHours({ upcoming }),
      { atMost: 6, why: 'at most 6: outside business hours, raised from 2 to warm for Mon-Fri 11:30-14:00 min=6' },
    ],
    [
      'its own ceiling, where the next window needs less',
      policy({ offHoursMaxReplicas: 6 }),
      offHours({ upcoming }),
      { atMost: 6, why: 'at most 6: outside business hours' },
    ],
  ])('allows %s', (_, subject, state, bid) => {
    expect(ceiling(subject, context({ calendar: state }))).toEqual({ rule: 'ceiling', ...bid });
  });

  it.each<[string, Policy, CalendarState | undefined]>([
    ['without a calendar', nightly, undefined],
    ['in a window that names no max', nightly, calendar()],
    ['outside business hours without offHoursMaxReplicas', policy(), offHours()],
  ])('allows any number %s', (_, subject, state) => {
    expect(ceiling(subject, context(state && { calendar: state }))).toBeUndefined();
  });
});
