import { describe, expect, it } from 'vitest';
import { HostPoller } from '../../src/exporter/host.ts';
import type { HostEvent } from '../../src/exporter/host.ts';
import { HandClock } from '../support/hand-clock.ts';

const gib = 2 ** 30;

interface Told {
  /** In percent. */
  readonly load: number;
  readonly total?: number;
  readonly available?: number;
}

/** Events of a poller whose readings tell these in turn; the first load is not used, for it spans the time since boot. */
async function eventsOf(told: readonly (Told | Error)[]): Promise<HostEvent[]> {
  const clock = new HandClock();
  const events: HostEvent[] = [];
  const answers = [{ load: 50 }, ...told].map((answer): Told | Error => answer);
  let memory: Told = { load: 0 };
  const poller = new HostPoller(clock, 15_000, {
    currentLoad: () => {
      const next = answers.shift();
      if (next === undefined || next instanceof Error) return Promise.reject(next ?? new Error('asked too often'));
      memory = next;
      return Promise.resolve({ currentLoad: next.load });
    },
    mem: () => Promise.resolve({ total: memory.total ?? 8 * gib, available: memory.available ?? 6 * gib }),
  });
  poller.start((event) => events.push(event));
  await clock.advance(1_000);
  for (let count = 1; count < told.length; count++) await clock.advance(15_000);
  await poller.stop();
  return events;
}

describe('the host', () => {
  it('tells the load since the reading before, as a ratio, and the memory that is not available', async () => {
    expect(await eventsOf([{ load: 15 }, { load: 100.2, available: gib }])).toMatchObject([
      { kind: 'reading', reading: { cpuUtilizationRatio: 0.15, memoryUsedBytes: 2 * gib, memoryTotalBytes: 8 * gib } },
      { kind: 'reading', reading: { cpuUtilizationRatio: 1, memoryUsedBytes: 7 * gib } },
    ]);
  });

  it.each<Told>([
    { load: NaN },
    { load: -1 },
    { load: 101 },
    { load: 1, total: 0, available: 0 },
    { load: 1, available: -1 },
    { load: 1, available: 9 * gib },
  ])('tells a failure in place of what can not be true: %j', async (told) => {
    expect(await eventsOf([told])).toMatchObject([{ kind: 'failure', reason: 'the host tells no CPU load or memory' }]);
  });

  it('goes on after a failure', async () => {
    expect(await eventsOf([new Error('no /proc here'), { load: 20 }])).toMatchObject([
      { kind: 'failure', reason: 'no /proc here' },
      { kind: 'reading', reading: { cpuUtilizationRatio: 0.2 } },
    ]);
  });

  it('is read by the library', async () => {
    const events: HostEvent[] = [];
    const clock = new HandClock();
    const poller = new HostPoller(clock, 15_000);
    poller.start((event) => events.push(event));
    await expect
      .poll(async () => (await clock.advance(1_000), events[0]), { interval: 1 })
      .toMatchObject({ kind: 'reading' });
    await poller.stop();
  });
});
