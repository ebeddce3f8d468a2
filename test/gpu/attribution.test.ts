import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Allocation, GpuDevice } from '../../src/domain/gpu.ts';
import { attribute } from '../../src/gpu/attribution.ts';

const uuid = (index: number): string => `GPU-00000000-0000-0000-0000-00000000000${index}`;
const nothing = { shared: 0, mig: 0, 'unknown-id': 0, 'no-such-gpu': 0, 'claimed-twice': 0 };

function device(index: number, overrides: Partial<GpuDevice> = {}): GpuDevice {
  return {
    index,
    uuid: uuid(index),
    model: 'H100',
    pciBusId: `0${index}`,
    migEnabled: false,
    utilizationRatio: index / 10,
    ...overrides,
  };
}

function allocation(pod: string, deviceIds: string[], overrides: Partial<Allocation> = {}): Allocation {
  return { namespace: 'inference', pod, container: 'engine', resource: 'nvidia.com/gpu', deviceIds, ...overrides };
}

const devices = [device(0), device(1), device(2, { minorNumber: 7 }), device(3, { migEnabled: true })];

describe('attribute', () => {
  it("gives a whole GPU's figures to the container that holds it, and several GPUs each on its own", () => {
    const { readings, unattributed } = attribute(devices, [
      allocation('a', [uuid(0), uuid(1)]),
      allocation('b', [uuid(2)]),
    ]);
    expect(readings.map(({ pod, device: { index }, attribution }) => [pod, index, attribution])).toEqual([
      ['a', 0, 'exclusive'],
      ['a', 1, 'exclusive'],
      ['b', 2, 'exclusive'],
    ]);
    expect(unattributed).toEqual(nothing);
  });

  it('has no reading for a GPU that nobody holds, nor for a pod that holds none', () => {
    expect(attribute(devices, [allocation('a', [])]).readings).toEqual([]);
  });

  it('finds a GPU by its minor number, which is not its index', () => {
    expect(attribute(devices, [allocation('a', ['nvidia7'])]).readings[0]?.device.index).toBe(2);
    expect(attribute(devices, [allocation('a', ['nvidia2'])])).toEqual({
      readings: [],
      unattributed: { ...nothing, 'no-such-gpu': 1 },
    });
  });

  it.each([
    ['shared', [`${uuid(0)}::0`]],
    ['mig', ['MIG-41b3359c-e721-56e5-8009-12e5797ed514']],
    ['mig', [uuid(3)]],
    ['unknown-id', ['something-new']],
    ['no-such-gpu', ['GPU-99999999-0000-0000-0000-000000000000']],
  ])('leaves out and counts a device that is %s: %j', (reason, ids) => {
    expect(attribute(devices, [allocation('a', ids)])).toEqual({
      readings: [],
      unattributed: { ...nothing, [reason]: 1 },
    });
  });

  it('gives a GPU that two pods claim to neither', () => {
    const { readings, unattributed } = attribute(devices, [
      allocation('done', [uuid(0)]),
      allocation('new', [uuid(0), uuid(1)]),
    ]);
    expect(readings.map(({ pod, device: { index } }) => [pod, index])).toEqual([['new', 1]]);
    expect(unattributed).toEqual({ ...nothing, 'claimed-twice': 2 });
  });

  it('gives a GPU that is held whole by one and shared by another to neither', () => {
    const { readings, unattributed } = attribute(devices, [
      allocation('a', [uuid(0)]),
      allocation('b', [`${uuid(0)}::1`]),
    ]);
    expect(readings).toEqual([]);
    expect(unattributed).toEqual({ ...nothing, shared: 1, 'claimed-twice': 1 });
  });

  it('accepts a GPU under a resource of any name, and does not take other devices for GPUs', () => {
    const renamed = allocation('a', [uuid(0)], { resource: 'example.com/big-gpu' });
    const other = allocation('a', ['mlx5_0'], { resource: 'rdma/hca' });
    const { readings, unattributed } = attribute(devices, [renamed, other]);
    expect(readings).toHaveLength(1);
    expect(unattributed).toEqual(nothing);
  });

  it('never counts a GPU twice, and accounts for every allocated GPU', () => {
    const id = fc.constantFrom(uuid(0), uuid(1), uuid(2), uuid(3), 'nvidia7', `${uuid(0)}::1`, 'MIG-1', 'odd');
    const held = fc.uniqueArray(id, { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(held, { maxLength: 6 }), (perPod) => {
        const allocations = perPod.map((ids, index) => allocation(`pod-${index}`, ids));
        const { readings, unattributed } = attribute(devices, allocations);
        const given = readings.map((reading) => reading.device.uuid);
        expect(new Set(given).size).toBe(given.length);
        expect(given.length + Object.values(unattributed).reduce((a, b) => a + b)).toBe(perPod.flat().length);
      }),
    );
  });
});
