import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ReaderEvent } from '../../../src/gpu/reader.ts';
import { parseLoads } from '../../../src/gpu/simulated/load-file.ts';
import { SimulatedReader } from '../../../src/gpu/simulated/reader.ts';
import { HandClock } from '../../support/hand-clock.ts';

const node = { gpus: 2, model: 'Tesla T4', seed: 1 } as const;

describe('SimulatedReader', () => {
  it('tells a sample at once and at every interval, until it is stopped', async () => {
    const clock = new HandClock(5_000);
    const reader = new SimulatedReader({ ...node, intervalMs: 1_000, clock });
    const times: number[] = [];
    reader.start((event) => event.kind === 'sample' && times.push(event.sample.observedAtMs));
    await clock.advance(2_500);
    await reader.stop();
    await clock.advance(5_000);
    expect(times).toEqual([5_000, 6_000, 7_000]);
    expect(clock.pending).toBe(0);
  });

  it('reads its load file again before each sample, and keeps the last load while it is broken or gone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pilotlight-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const loadFile = join(folder, 'load.json');
    const clock = new HandClock();
    const reader = new SimulatedReader({ ...node, intervalMs: 1_000, clock, loadFile });
    const ratios: (number | undefined)[] = [];
    const heard = (count: number): Promise<void> => expect.poll(() => ratios.length).toBe(count);
    reader.start((event: ReaderEvent) => {
      if (event.kind === 'sample') ratios.push(event.sample.devices[0]?.utilizationRatio);
    });
    await heard(1);
    const steps: (() => void)[] = [
      () => writeFileSync(loadFile, '{"0": {"utilizationRatio": 0.5}}'),
      () => writeFileSync(loadFile, '{"0": {"utilizat'),
      () => rmSync(loadFile),
      () => writeFileSync(loadFile, '{"0": {"utilizationRatio": 0.9}}'),
    ];
    for (const [index, step] of steps.entries()) {
      step();
      await clock.advance(1_000);
      await heard(index + 2);
    }
    await reader.stop();
    expect(ratios).toEqual([0, 0.5, 0.5, 0.5, 0.9]);
  });
});

describe('parseLoads', () => {
  it('leaves out what can not be true', () => {
    expect(parseLoads('{"0": {"utilizationRatio": 7, "memoryUsedBytes": -1}, "1": 3}')).toEqual(new Map([['0', {}], ['1', {}]])); // prettier-ignore
  });

  it.each(['', '[]', 'null', '3', '{'])('refuses %j', (text) => {
    expect(parseLoads(text)).toBeUndefined();
  });

  it('never throws, and tells only loads that can be', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        for (const { utilizationRatio = 0 } of parseLoads(text)?.values() ?? []) {
          expect(utilizationRatio).toBeGreaterThanOrEqual(0);
          expect(utilizationRatio).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
