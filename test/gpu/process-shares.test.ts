import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GpuDevice } from '../../src/domain/gpu.ts';
import { ProcessShares } from '../../src/gpu/process-shares.ts';
import { gpu } from '../support/gpu-builders.ts';

/** One second after the other: what the GPU and each process is said to have run; undefined where that is not said. */
type Second = readonly [device: number | undefined, ...processes: (number | undefined)[]];

function device([utilization, ...ratios]: Second): GpuDevice {
  const plain: { utilizationRatio?: number } & GpuDevice = gpu(0);
  delete plain.utilizationRatio;
  const processes = ratios.map((ratio, at) => ({ pid: at + 1, ...(ratio !== undefined && { smUtilizationRatio: ratio }) })); // prettier-ignore
  return { ...plain, ...(utilization !== undefined && { utilizationRatio: utilization }), processes };
}

function play(...seconds: Second[]): (number | undefined)[] {
  const shares = new ProcessShares();
  let last: (number | undefined)[] = [];
  for (const [at, second] of seconds.entries()) {
    const [smoothed] = shares.smooth([device(second)], 1_000_000 + at * 1_000);
    last = smoothed!.processes!.map(({ smUtilizationRatio }) => smUtilizationRatio);
  }
  return last;
}

describe('ProcessShares', () => {
  it('is steady where the driver leaps: as an H100 answered once a second for two processes of 100 % and 25 %', () => {
    const leaps: Second[] = [[0.99, 0.6, 0.4], [0.99, 0.99, 0], [0.99, 0.99, 0], [0.99, 0.79, 0.2], [0.99, 0.79, 0.2]]; // prettier-ignore
    const [busy, light] = play(...leaps);
    expect(busy).toBeCloseTo(0.99 * (4.16 / 4.96), 6);
    expect(light).toBeCloseTo(0.99 * (0.8 / 4.96), 6);
  });

  it('never says 0 of a process that ran in the last ten seconds while the GPU runs', () => {
    const quiet = Array.from({ length: 9 }, (): Second => [0.9, 0.9, 0]);
    expect(play([0.9, 0.5, 0.4], ...quiet)[1]).toBeGreaterThan(0);
    expect(play([0.9, 0.5, 0.4], ...quiet, [0.9, 0.9, 0])[1]).toBe(0);
  });

  it('follows the GPU at once, up and down', () => {
    expect(play([1, 0.5, 0.5], [0, 0, 0])).toEqual([0, 0]);
    expect(play([0.2, 0.1, 0.1], [1, 0.5, 0.5])).toEqual([0.5, 0.5]);
  });

  it('looks at a process since it began, not at the time before', () => {
    expect(play([0.5, 0.5], [0.5, 0.5], [0.5, 0.5], [1, 0.5, 0.5])[1]).toBeCloseTo(0.5);
  });

  it('gives nobody what no process is known to have run', () => {
    expect(play([0.8, 0.2, 0.2])).toEqual([0.2, 0.2]);
  });

  it('tells nothing where nothing is told, and the mean where the GPU tells nothing', () => {
    expect(play([0.5, undefined, undefined])).toEqual([undefined, undefined]);
    expect(play([0.5, undefined, 0.5])).toEqual([undefined, 0.5]);
    expect(play([undefined, 0.2, 0.4], [undefined, 0.4, 0])).toEqual([expect.closeTo(0.3), expect.closeTo(0.2)]);
  });

  it('forgets a GPU that is gone, and what a clock that was set back has seen', () => {
    const shares = new ProcessShares();
    const share = (second: Second, atMs: number): unknown => shares.smooth([device(second)], atMs)[0]?.processes?.[0]?.smUtilizationRatio; // prettier-ignore
    share([1, 1], 10_000);
    expect(share([1, 0], 11_000)).toBe(0.5);
    shares.smooth([], 12_000);
    expect(share([1, 0], 13_000)).toBe(0);
    share([1, 1], 14_000);
    expect(share([1, 0], 5_000)).toBe(0);
  });

  it('leaves slices alone: the driver tells no utilization of their processes', () => {
    const sliced = gpu(0, { migEnabled: true, processes: [{ pid: 1, migInstanceUuid: 'MIG-1' }] });
    expect(new ProcessShares().smooth([sliced], 1)).toEqual([sliced]);
  });

  it('keeps processes that are all there from the first within the GPU, whatever the driver says', () => {
    const ratio = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(ratio, ratio, ratio, ratio), { minLength: 1, maxLength: 15 }), (seconds) => {
        const shares = play(...seconds) as number[];
        const [now] = seconds.at(-1)!;
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(now + 1e-9);
        for (const share of shares) expect(share).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
