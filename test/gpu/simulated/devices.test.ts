import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDeviceId } from '../../../src/gpu/device-id.ts';
import { simulateDevices, simulatedModels, simulatedUuid } from '../../../src/gpu/simulated/devices.ts';

const node = { gpus: 4, model: 'NVIDIA H100 80GB HBM3', seed: 7 } as const;
const noon = Date.UTC(2026, 10, 23, 12);

describe('simulateDevices', () => {
  it('reads the same for the same seed and moment, and otherwise for others', () => {
    expect(simulateDevices(node, noon)).toEqual(simulateDevices({ ...node }, noon));
    expect(simulateDevices(node, noon)).not.toEqual(simulateDevices({ ...node, seed: 8 }, noon));
    expect(simulateDevices(node, noon)).not.toEqual(simulateDevices(node, noon + 600_000));
  });

  it('keeps the identity of its GPUs over time, each its own and of the shape that kubelets hand out', () => {
    const uuids = simulateDevices({ ...node, gpus: 64 }, noon).map((device) => device.uuid);
    expect(new Set(uuids).size).toBe(64);
    expect(simulateDevices(node, 0).map((device) => device.uuid)).toEqual(uuids.slice(0, 4));
    expect(uuids.map((uuid) => parseDeviceId(uuid)?.kind)).toEqual(uuids.map(() => 'gpu'));
  });

  it('tells only what a GPU could', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 31 }),
        fc.integer({ min: 0, max: 4e12 }),
        fc.constantFrom(...simulatedModels),
        (seed, at, model) => {
          for (const device of simulateDevices({ gpus: 3, seed, model }, at)) {
            expect(device.utilizationRatio).toBeGreaterThanOrEqual(0);
            expect(device.utilizationRatio).toBeLessThanOrEqual(1);
            expect(device.memoryUsedBytes).toBeLessThanOrEqual(device.memoryTotalBytes!);
            expect(device.powerWatts).toBeLessThanOrEqual(device.powerLimitWatts!);
          }
        },
      ),
    );
  });

  it('does not jump: a second later the load is nearly the same', () => {
    const before = simulateDevices(node, noon).map((device) => device.utilizationRatio!);
    const after = simulateDevices(node, noon + 1_000).map((device) => device.utilizationRatio!);
    before.forEach((ratio, index) => expect(Math.abs(ratio - after[index]!)).toBeLessThan(0.05));
  });

  it('follows a load file, by UUID or index, and idles where the file says nothing', () => {
    const loads = new Map([
      [simulatedUuid(7, 1), { utilizationRatio: 0.7, memoryUsedBytes: 5e9 }],
      ['2', { utilizationRatio: 0.2 }],
    ]);
    const [unnamed, byUuid, byIndex] = simulateDevices(node, noon, loads);
    expect(unnamed).toMatchObject({ utilizationRatio: 0, memoryUsedBytes: 0 });
    expect(byUuid).toMatchObject({ utilizationRatio: 0.7, memoryUsedBytes: 5e9 });
    expect(byIndex).toMatchObject({ utilizationRatio: 0.2, memoryUsedBytes: 0 });
  });
});
