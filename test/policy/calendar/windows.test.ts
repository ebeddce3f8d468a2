import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Weekday, WeeklyWindow } from '../../../src/domain/calendar.ts';
import { parseTriggerMetadata } from '../../../src/policy/trigger-metadata.ts';

function parse(businessHours: string): readonly WeeklyWindow[] {
  const queue = { queueFrom: 'jobs', queueKey: 'waiting', queueTarget: '5' };
  return parseTriggerMetadata({ ...queue, timezone: 'UTC', businessHours }).calendar?.windows ?? [];
}

const names = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

describe('businessHours', () => {
  it.each([
    ['Mon', [1]],
    ['mon-FRI', [1, 2, 3, 4, 5]],
    ['Sat,Sun', [6, 7]],
    ['Mon-Wed,Fri', [1, 2, 3, 5]],
    ['Fri-Mon', [1, 5, 6, 7]],
    ['Sun,Mon,Mon', [1, 7]],
    ['Wed-Wed', [3]],
    ['Tue-Mon', [1, 2, 3, 4, 5, 6, 7]],
    ['Daily', [1, 2, 3, 4, 5, 6, 7]],
  ])('reads the days %s', (days, expected) => {
    expect(parse(`${days} 08:00-20:00`)[0]?.days).toEqual(expected);
  });

  it('reads a window that ends at midnight, the next day, or a whole day later', () => {
    expect(parse('Mon 08:00-24:00; Mon 22:00-06:00; Mon 08:00-08:00; Mon 08:00-00:00')).toMatchObject([
      { startMinute: 480, endMinute: 1_440 },
      { startMinute: 1_320, endMinute: 360 },
      { startMinute: 480, endMinute: 480 },
      { startMinute: 480, endMinute: 0 },
    ]);
  });

  it('does not mind spaces, line ends and a last semicolon', () => {
    expect(parse('  Mon   08:00-20:00\t max=4  min=2 ;\n Tue 08:00-20:00;')).toMatchObject([
      { min: 2, max: 4 },
      { days: [2] },
    ]);
  });

  it('reads back whatever is written in its grammar', () => {
    const limits = fc.tuple(fc.option(fc.integer({ min: 0, max: 50 })), fc.option(fc.integer({ min: 50, max: 99 })));
    const window = fc.record({
      days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      startMinute: fc.integer({ min: 0, max: 1_439 }),
      endMinute: fc.integer({ min: 0, max: 1_440 }),
      limits,
    });
    fc.assert(
      fc.property(fc.array(window, { minLength: 1, maxLength: 20 }), (windows) => {
        const texts = windows.map(({ days, startMinute, endMinute, limits: [min, max] }) =>
          [
            days.map((day) => names[day - 1]).join(','),
            `${clock(startMinute)}-${clock(endMinute)}`,
            ...(min === null ? [] : [`min=${min}`]),
            ...(max === null ? [] : [`max=${max}`]),
          ].join(' '),
        );
        const expected = windows.map(({ days, startMinute, endMinute, limits: [min, max] }, index) => ({
          days: days.toSorted((a, b) => a - b) as Weekday[],
          startMinute,
          endMinute,
          ...(min === null ? {} : { min }),
          ...(max === null ? {} : { max }),
          text: texts[index],
        }));
        expect(parse(texts.join('; '))).toEqual(expected);
      }),
    );
  });
});
