import { describe, expect, it } from 'vitest';
import { warmLeadMs } from '../../src/decision/warm-lead.ts';
import type { Calendar } from '../../src/domain/calendar.ts';
import { policy } from '../support/builders.ts';

function withFloor(min: number): Calendar {
  const days = [1, 2, 3, 4, 5] as const;
  return {
    timezone: 'Europe/Berlin',
    windows: [{ days, startMinute: 480, endMinute: 1_200, min, text: '' }],
    holidays: { nameOn: () => undefined },
    extraHours: [],
    warmReplicas: 1,
  };
}

describe('warmLeadMs', () => {
  it.each([
    ['a duration: as it was written', 720_000, 2, { seconds: 220, leadMs: 720_000 }],
    ['nothing learned', 'auto' as const, 2, { seconds: undefined, leadMs: 300_000 }],
    ['a learned start, and half a minute', 'auto' as const, 2, { seconds: 220, leadMs: 250_000 }],
    ['a long start, and a tenth of it', 'auto' as const, 2, { seconds: 1_200, leadMs: 1_320_000 }],
    ['a start of over an hour with its margin', 'auto' as const, 2, { seconds: 3_500, leadMs: 3_600_000 }],
    ['a floor that the HPA takes one sync more for', 'auto' as const, 8, { seconds: 220, leadMs: 265_000 }],
    ['a floor that the HPA takes three syncs more for', 'auto' as const, 21, { seconds: 220, leadMs: 295_000 }],
  ])('is for %s', (_case, given, floor, learned) => {
    const startup = learned.seconds === undefined ? undefined : { p90Ms: learned.seconds * 1_000, pods: 3 };
    expect(warmLeadMs(policy({ warmLeadMs: given, calendar: withFloor(floor) }), startup)).toBe(learned.leadMs);
  });
});
