import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parseTriggerMetadata } from '../../../src/policy/trigger-metadata.ts';

function nameOn(holidays: string, date: string): string | undefined {
  const queue = { queueFrom: 'jobs', queueKey: 'waiting', queueTarget: '5' };
  const calendar = { timezone: 'UTC', businessHours: 'daily 08:00-20:00', holidays };
  return parseTriggerMetadata({ ...queue, ...calendar }).calendar?.holidays.nameOn(date);
}

describe('holidays', () => {
  it.each([
    ['12-24', '2026-12-24', '12-24'],
    ['12-24', '2031-12-24', '12-24'],
    ['12-24', '2026-12-25', undefined],
    ['02-29', '2028-02-29', '02-29'],
    ['02-29', '2027-03-01', undefined],
    ['2026-12-31', '2026-12-31', '2026-12-31'],
    ['2026-12-31', '2027-12-31', undefined],
  ])('reads the date %s: on %s there is %s', (text, date, name) => {
    expect(nameOn(text, date)).toBe(name);
  });

  it.each([
    ['DE', '2026-10-03', 'National Holiday'],
    ['de-be', '2026-03-08', "International Women's Day"],
    ['DE', '2026-03-08', undefined],
    ['DE-BY-A', '2026-08-08', 'Augsburg Peace Festival'],
    ['US-CA', '2026-11-26', 'Thanksgiving Day'],
    ['CK-aitutaki', '2026-01-01', "New Year's Day"],
  ])('knows the public holidays of %s: on %s there is %s', (region, date, name) => {
    expect(nameOn(region, date)).toBe(name);
  });

  it('takes the first name where entries meet on a date', () => {
    expect(nameOn('12-25, DE', '2026-12-25')).toBe('12-25');
    expect(nameOn('DE, 12-25', '2026-12-25')).toBe('Christmas Day');
  });

  it('counts only public holidays', () => {
    expect(nameOn('US', '2026-02-14')).toBeUndefined(); // Valentine's Day, an observance
  });

  it('closes every day of a holiday that lasts several, in its own country', () => {
    const inSaudiArabia = ['18', '19', '20', '21', '22', '23'].map(
      (day) => nameOn('SA', `2026-03-${day}`) !== undefined,
    );
    expect(inSaudiArabia).toEqual([false, true, true, true, true, false]);
  });

  it('carries a holiday over New Year into the next one', () => {
    expect(nameOn('SZ', '2026-12-28')).toBeDefined();
    expect(nameOn('SZ', '2027-01-02')).toBe(nameOn('SZ', '2026-12-28'));
  });

  it('closes a date on which clocks go forward', () => {
    expect(nameOn('AT', '2027-03-29')).toBe('Easter Monday');
    expect(nameOn('AU', '2026-04-05')).toBeDefined();
  });

  it('leaves the whole date open where only its afternoon is a holiday', () => {
    expect(nameOn('IS', '2026-12-24')).toBeUndefined();
    expect(nameOn('IS', '2026-12-25')).toBeDefined();
  });

  it('loads the package with the holidays only for a policy that names a region', () => {
    const script = (holidays: string): string => `
      import { createRequire } from 'node:module';
      import { parseTriggerMetadata } from './src/policy/trigger-metadata.ts';
      parseTriggerMetadata({ timezone: 'UTC', businessHours: 'daily 08:00-20:00', holidays: '${holidays}' });
      const loaded = Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes('date-holidays'));
      process.stdout.write(String(loaded));`;
    const run = (holidays: string): string =>
      execFileSync(process.execPath, ['--input-type=module', '--eval', script(holidays)], { encoding: 'utf8' });
    expect(run('12-24')).toBe('false');
    expect(run('DE')).toBe('true');
  });
});
