import { describe, expect, it } from 'vitest';
import { floor } from '../../../src/decision/rules/floor.ts';
import type { CalendarState } from '../../../src/domain/calendar.ts';
import { policy, workload } from '../../support/builders.ts';
import { calendar, context, nowMs, offHours } from '../../support/decision-context.ts';

const next = { floor: 3, opensAtMs: nowMs + 250_000, because: 'Mon-Fri 08:00-20:00 min=3' };

describe('floor', () => {
  it.each<[string, CalendarState, number, string]>([
    [
      'the floor of the window in force',
      calendar({ floor: 2, because: 'Mon-Fri 08:00-20:00 min=2' }),
      2,
      'at least 2: Mon-Fri 08:00-20:00 min=2',
    ],
    [
      'the floor of a window that opens soon',
      offHours({ upcoming: next }),
      3,
      'warming 3 for Mon-Fri 08:00-20:00 min=3, opens in 4m10s (start-up not learned yet)',
    ],
    [
      'the next floor where it is the higher',
      calendar({ floor: 1, upcoming: next }),
      3,
      'warming 3 for Mon-Fri 08:00-20:00 min=3, opens in 4m10s (start-up not learned yet)',
    ],
    [
      'the present floor where the next is no higher',
      calendar({ floor: 3, upcoming: next, because: 'Mon 06:00-09:00 min=3' }),
      3,
      'at least 3: Mon 06:00-09:00 min=3',
    ],
    [
      'a window that should have opened just now',
      offHours({ upcoming: { ...next, opensAtMs: nowMs - 1 } }),
      3,
      'warming 3 for Mon-Fri 08:00-20:00 min=3, opens in 0ms (start-up not learned yet)',
    ],
  ])('asks for %s', (_, state, atLeast, why) => {
    expect(floor(policy(), context({ calendar: state }))).toEqual({ rule: 'floor', atLeast, why });
  });

  it.each<[string, CalendarState | undefined]>([
    ['without a calendar', undefined],
    ['in a window with a floor of 0', calendar()],
    ['outside business hours', offHours()],
  ])('asks for nothing %s', (_, state) => {
    expect(floor(policy(), context(state && { calendar: state }))).toBeUndefined();
  });

  it('says what an automatic lead goes by, and nothing where the lead was given', () => {
    const upcoming = { floor: 2, opensAtMs: nowMs + 250_000, because: 'Mon-Fri 08:00-20:00 min=2' };
    const scene = context({
      workload: workload({ startup: { p90Ms: 220_000, pods: 4 } }),
      calendar: offHours({ upcoming }),
    });
    const why = 'warming 2 for Mon-Fri 08:00-20:00 min=2, opens in 4m10s';
    expect(floor(policy(), scene)?.why).toBe(`${why} (learned start-up 3m40s)`);
    expect(floor(policy({ warmLeadMs: 250_000 }), scene)?.why).toBe(why);
  });
});
