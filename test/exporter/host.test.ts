import { freemem, totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { CpuTimes } from '../../src/exporter/cpu-times.ts';
import { parseProcStat, readCpuTimes } from '../../src/exporter/cpu-times.ts';
import { HostPoller } from '../../src/exporter/host.ts';
import type { HostEvent } from '../../src/exporter/host.ts';
import { HandClock } from '../support/hand-clock.ts';

describe('the times of all cores', () => {
  it.each([
    ['with guests, whose time is the users’ as well', 'cpu  100 20 30 800 50 0 5 15 90 9\ncpu0 1 2 3 4', { busy: 170, total: 1_020 }], // prettier-ignore
    ['of an old kernel', 'cpu  10 0 10 80\ncpu0 10 0 10 80\n', { busy: 20, total: 100 }],
  ])('are read %s', (_, text, times) => {
    expect(parseProcStat(text)).toEqual(times);
  });

  it.each(['', 'cpu0 1 2 3 4', 'cpu  1 2 three 4', 'cpu  1 2 3'])('are not read from %j', (text) => {
    expect(() => parseProcStat(text)).toThrow('/proc/stat does not begin with the times of all cores');
  });

  it('are those of this machine', () => {
    const { busy, total } = readCpuTimes();
    expect(busy).toBeGreaterThan(0);
    expect(total).toBeGreaterThan(busy);
  });
});

describe('the host', () => {
  it('tells the load between two readings, and the memory', async () => {
    const { events, clock, stop } = start([
      { busy: 10, total: 100 },
      { busy: 25, total: 200 },
      { busy: 125, total: 300 },
    ]);
    await clock.advance(1_000);
    await clock.advance(15_000);
    await stop();
    expect(events.map((event) => event.kind === 'reading' && event.reading.cpuUtilizationRatio)).toEqual([0.15, 1]);
    expect(events).toMatchObject([{ reading: { memoryTotalBytes: totalmem() } }, {}]);
    const [first] = events;
    const used = first?.kind === 'reading' ? first.reading.memoryUsedBytes : 0;
    expect(Math.abs(totalmem() - freemem() - used)).toBeLessThan(totalmem() / 4);
  });

  it('tells a failure in place of a load that can not be true, and goes on', async () => {
    const { events, clock, stop } = start([
      { busy: 10, total: 100 },
      { busy: 5, total: 50 },
      new Error('no /proc here'),
      { busy: 10, total: 100 },
      { busy: 60, total: 200 },
    ]);
    await clock.advance(46_000);
    await stop();
    expect(events.map((event) => (event.kind === 'reading' ? event.reading.cpuUtilizationRatio : event.reason))).toEqual([
      'the host tells no CPU load or memory',
      'no /proc here',
      'the host tells no CPU load or memory',
      0.5,
    ]); // prettier-ignore
  });
});

function start(times: (CpuTimes | Error)[]): { events: HostEvent[]; clock: HandClock; stop: () => Promise<void> } {
  const clock = new HandClock();
  const events: HostEvent[] = [];
  const poller = new HostPoller(clock, 15_000, () => {
    const next = times.shift();
    if (next === undefined || next instanceof Error) throw next ?? new Error('asked too often');
    return next;
  });
  poller.start((event) => events.push(event));
  return { events, clock, stop: () => poller.stop() };
}
