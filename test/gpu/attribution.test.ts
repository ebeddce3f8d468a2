import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GpuDevice } from '../../src/domain/gpu.ts';
import { attribute } from '../../src/gpu/attribution.ts';
import { unattributedReasons } from '../../src/gpu/pod-reading.ts';
import type { Attribution } from '../../src/gpu/pod-reading.ts';
import type { OwnerLookup, ProcessOwner } from '../../src/gpu/processes/owner.ts';
import { targetUuid } from '../../src/gpu/target.ts';
import { arbitraryNode, ofPod } from '../support/arbitrary-node.ts';
import { allocation, gpu, gpuProcess, gpuUuid, slice, sliceUuid } from '../support/gpu-builders.ts';

const GiB = 1_073_741_824;
const devices = [gpu(0), gpu(1), gpu(2, { minorNumber: 7 }), gpu(3, { migEnabled: true })];

/** Processes by the pod that they run in; a pid that is not listed is of the host. */
function owners(byPid: Record<number, string | ProcessOwner>): OwnerLookup {
  return (pid) => {
    const owner = byPid[pid] ?? { kind: 'host' };
    return typeof owner === 'string' ? { kind: 'pod', namespace: 'inference', pod: owner } : owner;
  };
}

function given({ readings }: Attribution): [string, string, string, number | undefined][] {
  return readings.map(({ pod, target, attribution, utilizationRatio }) => [pod, targetUuid(target), attribution, utilizationRatio]); // prettier-ignore
}

function reasons({ leftOut }: Attribution): string[] {
  return leftOut.map(({ reason }) => reason);
}

describe('attribute, what one container holds alone', () => {
  it("gives a whole GPU's figures to the container that holds it, and several GPUs each on its own", () => {
    const attribution = attribute(devices, [
      allocation('a', [gpuUuid(0), gpuUuid(1)]),
      allocation('b', [gpuUuid(2)]),
      allocation('none', []),
    ]);
    expect(given(attribution)).toEqual([
      ['a', gpuUuid(0), 'exclusive', 0],
      ['a', gpuUuid(1), 'exclusive', 0.1],
      ['b', gpuUuid(2), 'exclusive', 0.2],
    ]);
    expect(attribution.leftOut).toEqual([]);
  });

  it('finds a GPU by its minor number, which is not its index', () => {
    expect(given(attribute(devices, [allocation('a', ['nvidia7'])]))[0]?.[1]).toBe(gpuUuid(2));
    const claim = allocation('a', ['gpu-7'], { resource: 'gpu.nvidia.com' });
    expect(given(attribute(devices, [claim]))[0]?.[1]).toBe(gpuUuid(2));
    expect(reasons(attribute(devices, [allocation('a', ['nvidia2'])]))).toEqual(['no-such-gpu']);
  });

  it.each([
    ['mig', [gpuUuid(3)]],
    ['mig', [sliceUuid(1)]],
    ['unknown-id', ['something-new']],
    ['no-such-gpu', ['GPU-99999999-0000-0000-0000-000000000000']],
  ])('leaves out a device because of %s: %j', (reason, ids) => {
    const attribution = attribute(devices, [allocation('a', ids)]);
    expect(attribution.readings).toEqual([]);
    expect(reasons(attribution)).toEqual([reason]);
  });

  it('gives a GPU that two pods claim to neither, nor one that is held whole by one and shared by another', () => {
    const attribution = attribute(devices, [
      allocation('done', [gpuUuid(0)]),
      allocation('new', [gpuUuid(0), gpuUuid(1)]),
    ]);
    expect(given(attribution).map(([pod, uuid]) => [pod, uuid])).toEqual([['new', gpuUuid(1)]]);
    expect(reasons(attribution)).toEqual(['claimed-twice', 'claimed-twice']);
    const mixed = attribute(devices, [allocation('a', [gpuUuid(0)]), allocation('b', [`${gpuUuid(0)}::1`])]);
    expect(mixed.readings).toEqual([]);
    expect(reasons(mixed)).toEqual(['claimed-twice', 'claimed-twice']);
  });

  it('gives a GPU that two pods claim to the one whose process is on it: the other has ended', () => {
    const device = gpu(0, { processes: [gpuProcess(1), gpuProcess(2)] });
    const claims = [allocation('done', [gpuUuid(0)]), allocation('new', [gpuUuid(0)])];
    const attribution = attribute([device], claims, owners({ 1: 'new' }));
    expect(given(attribution)).toEqual([['new', gpuUuid(0), 'exclusive', 0]]);
    expect(attribution.leftOut.map(({ holder, reason }) => [holder.allocation.pod, reason])).toEqual([
      ['done', 'claimed-twice'],
    ]);
    expect(attribute([device], claims, owners({ 1: 'new', 2: 'done' })).readings).toEqual([]);
    const mixed = [allocation('new', [gpuUuid(0)]), allocation('b', [`${gpuUuid(0)}::1`])];
    expect(attribute([device], mixed, owners({ 1: 'new' })).readings).toEqual([]);
  });

  it('accepts a GPU under a resource of any name, and does not take other devices for GPUs', () => {
    const renamed = allocation('a', [gpuUuid(0)], { resource: 'example.com/big-gpu' });
    const other = allocation('a', ['mlx5_0'], { resource: 'rdma/hca' });
    const { readings, leftOut } = attribute(devices, [renamed, other]);
    expect(readings).toHaveLength(1);
    expect(leftOut).toEqual([]);
  });
});

describe('attribute, MIG', () => {
  const sliced = gpu(3, {
    minorNumber: 5,
    migEnabled: true,
    migDevices: [
      slice(1, { utilizationRatio: 0.4 }),
      slice(2),
      slice(9, { profile: '3g.40gb', memoryTotalBytes: 40 * GiB }),
    ],
  });
  const old = gpu(4, { migEnabled: true, migDevices: [slice(5, { uuid: `MIG-${gpuUuid(4)}/5/0` })] });

  it.each([
    ['the UUID of the slice', sliceUuid(1), sliceUuid(1)],
    ['the form before driver 470', `MIG-${gpuUuid(4)}/5/0`, `MIG-${gpuUuid(4)}/5/0`],
    ['minor number and GPU instance', 'nvidia5/gi2', sliceUuid(2)],
    ['a profile of which there is one', 'gpu-5-mig-3g40gb-9-4', sliceUuid(9)],
  ])('finds a slice by %s', (_, id, uuid) => {
    const attribution = attribute([sliced, old], [allocation('a', [id], { resource: 'nvidia.com/mig-1g.10gb' })]);
    expect(given(attribution).map(([, found, how]) => [found, how])).toEqual([[uuid, 'mig']]);
  });

  it('finds a claimed slice among others of its profile by the UUID that the API server tells, and a GPU by its number without one', () => {
    const claims = ['gpu-5-mig-1g10gb-19-1', 'gpu-5-mig-3g40gb-9-4'];
    const held = [allocation('a', claims, { resource: 'gpu.nvidia.com' })];
    const uuids = new Map([[claims[0]!, sliceUuid(2)]]);
    expect(reasons(attribute([sliced], held))).toEqual(['mig']);
    expect(given(attribute([sliced], held, undefined, uuids)).map(([, uuid]) => uuid)).toEqual([sliceUuid(2), sliceUuid(9)]); // prettier-ignore
    // The slice was cut anew since: its name still tells which it is where there is one of the profile.
    const old = new Map([[claims[1]!, sliceUuid(77)]]);
    expect(given(attribute([sliced], [allocation('a', [claims[1]!], { resource: 'gpu.nvidia.com' })], undefined, old))[0]?.[1]).toBe(sliceUuid(9)); // prettier-ignore
    const unknownName = allocation('a', ['device-x'], { resource: 'gpu.nvidia.com' });
    expect(given(attribute(devices, [unknownName], undefined, new Map([['device-x', gpuUuid(1)]])))[0]?.[1]).toBe(gpuUuid(1)); // prettier-ignore
    expect(reasons(attribute(devices, [unknownName]))).toEqual(['unknown-id']);
  });

  it('finds a claimed slice among others of its profile by where it lies, where the driver tells that', () => {
    const at = (start: number, more = {}) => ({ placement: { profileId: 19, start }, ...more });
    const me = slice(3, { profile: '1g.10gb+me', placement: { profileId: 20, start: 2 } });
    const placed = gpu(3, { minorNumber: 5, migEnabled: true, migDevices: [slice(1, at(0)), slice(2, at(1)), me] });
    const find = (id: string, device = placed): unknown => {
      const attribution = attribute([device], [allocation('a', [id], { resource: 'gpu.nvidia.com' })]);
      return given(attribution)[0]?.[1] ?? reasons(attribution)[0];
    };
    expect(find('gpu-5-mig-1g10gb-19-0')).toBe(sliceUuid(1));
    expect(find('gpu-5-mig-1g10gb-19-1')).toBe(sliceUuid(2));
    expect(find('gpu-5-mig-1g10gb-me-20-2')).toBe(sliceUuid(3));
    expect(find('gpu-5-mig-1g10gb-19-2')).toBe('no-such-gpu');
    // Without its place a slice of that profile is found all the same where there is one, whatever the profile's name holds.
    const untold = gpu(3, { minorNumber: 5, migEnabled: true, migDevices: [slice(1), slice(3, { profile: '1g.10gb+me' })] }); // prettier-ignore
    expect(find('gpu-5-mig-1g10gb-me-20-2', untold)).toBe(sliceUuid(3));
    // Compute instances of one GPU instance lie in the same place.
    const halves = gpu(3, { minorNumber: 5, migEnabled: true, migDevices: [slice(1, at(0)), slice(2, at(0, { gpuInstanceId: 1, computeInstanceId: 1 }))] }); // prettier-ignore
    expect(find('gpu-5-mig-1g10gb-19-0', halves)).toBe('mig');
  });

  it("tells the slice's own figures, and none where the driver tells none", () => {
    const { readings } = attribute([sliced], [allocation('a', [sliceUuid(1), sliceUuid(2)])]);
    expect(readings[0]).toMatchObject({ utilizationRatio: 0.4, memoryUsedBytes: 2 * GiB, memoryTotalBytes: 10 * GiB });
    expect(readings[1]).not.toHaveProperty('utilizationRatio');
  });

  it.each([
    ['mig', 'gpu-5-mig-1g10gb-19-0', 'the ID fits 2 slices of the GPU'],
    ['no-such-gpu', sliceUuid(77), 'the driver lists no such GPU or slice'],
    ['no-such-gpu', 'nvidia5/gi77', 'the driver lists no such GPU or slice'],
    ['no-such-gpu', 'nvidia6/gi1', 'the driver lists no such GPU or slice'],
    ['mig', gpuUuid(3), 'the ID names a GPU in MIG mode as a whole'],
    ['mig', 'nvidia8/gi1', 'the driver does not tell the slices of the GPU'],
    ['unknown-id', 'something-new', 'no known device plugin writes such an ID'],
  ] as const)('leaves out because of %s: %s: %s', (reason, id, why) => {
    const untold = gpu(6, { minorNumber: 8, migEnabled: true });
    const { leftOut } = attribute([sliced, old, ...(id === 'nvidia8/gi1' ? [untold] : [])], [allocation('a', [id])]);
    expect(leftOut.map(({ detail, ...one }) => [one.reason, detail ?? unattributedReasons[one.reason]])).toEqual([[reason, why]]); // prettier-ignore
  });

  it('splits a shared slice by the processes on it', () => {
    const on = (uuid: string): object => ({ migInstanceUuid: uuid });
    const device = { ...sliced, processes: [gpuProcess(11, on(sliceUuid(1))), gpuProcess(12, on(sliceUuid(2)))] };
    const holders = [allocation('a', [`${sliceUuid(1)}::0`]), allocation('b', [`${sliceUuid(1)}::1`])];
    const { readings } = attribute([device], holders, owners({ 11: 'a', 12: 'b' }));
    expect(readings.map(({ pod, memoryUsedBytes, pids }) => [pod, memoryUsedBytes, pids])).toEqual([
      ['a', GiB, [11]],
      ['b', 0, []],
    ]);
    const untold = { ...device, processes: [gpuProcess(11)] };
    expect(reasons(attribute([untold], holders, owners({ 11: 'a' })))).toEqual(['unknown-process', 'unknown-process']);
  });
});

describe('attribute, a GPU that several share', () => {
  const shares = [allocation('a', [`${gpuUuid(5)}::0`, `${gpuUuid(5)}::3`]), allocation('b', [`${gpuUuid(5)}::1`])];
  const busy = (...processes: ReturnType<typeof gpuProcess>[]): GpuDevice => gpu(5, { processes });

  it('gives each pod what its processes use, and 0 to a pod without any', () => {
    const attribution = attribute([busy(gpuProcess(1), gpuProcess(2))], shares, owners({ 1: 'a', 2: 'a' }));
    expect(given(attribution)).toEqual([
      ['a', gpuUuid(5), 'process', 0.2],
      ['b', gpuUuid(5), 'process', 0],
    ]);
    expect(attribution.readings[0]).toMatchObject({
      memoryUsedBytes: 2 * GiB,
      memoryTotalBytes: 80 * GiB,
      deviceIds: [`${gpuUuid(5)}::0`, `${gpuUuid(5)}::3`],
      pids: [1, 2],
    });
    expect(attribution.readings[1]).toMatchObject({ memoryUsedBytes: 0, pids: [] });
  });

  it('does not count processes of pods without a share, of the host, or that have ended', () => {
    const device = busy(gpuProcess(1), gpuProcess(2), gpuProcess(3), gpuProcess(4));
    const attribution = attribute([device], shares, owners({ 1: 'a', 2: 'stranger', 3: { kind: 'gone' } }));
    expect(given(attribution).map(([pod, , , utilization]) => [pod, utilization])).toEqual([
      ['a', 0.1],
      ['b', 0],
    ]);
  });

  it('leaves everybody out where a process could be anyone’s', () => {
    const unknown = { kind: 'unknown', why: 'no cgroup' } as const;
    const attribution = attribute([busy(gpuProcess(1), gpuProcess(2))], shares, owners({ 1: 'a', 2: unknown }));
    expect(attribution.readings).toEqual([]);
    expect(attribution.leftOut.map(({ reason, detail }) => [reason, detail])).toEqual([
      ['unknown-process', 'no cgroup'],
      ['unknown-process', 'no cgroup'],
    ]);
  });

  it('leaves everybody out where the processes are not told or not looked up', () => {
    expect(reasons(attribute([gpu(5)], shares, owners({})))).toEqual(['shared', 'shared']);
    expect(reasons(attribute([busy()], shares))).toEqual(['shared', 'shared']);
  });

  it('tells no sum of which a part is not known', () => {
    const { readings } = attribute([busy({ pid: 1 }, gpuProcess(2))], shares, owners({ 1: 'a', 2: 'a' }));
    expect(readings[0]).not.toHaveProperty('utilizationRatio');
    expect(readings[0]).not.toHaveProperty('memoryUsedBytes');
    expect(readings[1]).toMatchObject({ utilizationRatio: 0, memoryUsedBytes: 0 });
  });

  it('tells the containers of one pod together', () => {
    const two = [...shares, allocation('a', [`${gpuUuid(5)}::2`], { container: 'sidecar' })];
    const { readings } = attribute([busy(gpuProcess(1))], two, owners({ 1: 'a' }));
    expect(readings.map(({ pod, container, utilizationRatio }) => [pod, container, utilizationRatio])).toEqual([
      ['a', '', 0.1],
      ['b', 'engine', 0],
    ]);
  });

  it('splits a claim of dynamic resource allocation that several use', () => {
    const claim = { resource: 'gpu.nvidia.com' };
    const users = [allocation('a', ['gpu-5'], claim), allocation('b', ['gpu-5'], claim)];
    const attribution = attribute([busy(gpuProcess(1))], users, owners({ 1: 'b' }));
    expect(given(attribution).map(([pod, , how, utilization]) => [pod, how, utilization])).toEqual([
      ['a', 'process', 0],
      ['b', 'process', 0.1],
    ]);
  });

  it('scales down what processes have together beyond what the GPU has', () => {
    const device = gpu(5, { utilizationRatio: 0.6, memoryUsedBytes: GiB, processes: [gpuProcess(1, { smUtilizationRatio: 0.8 }), gpuProcess(2, { smUtilizationRatio: 0.4 })] }); // prettier-ignore
    const { readings } = attribute([device], shares, owners({ 1: 'a', 2: 'b' }));
    expect(readings[0]?.utilizationRatio).toBeCloseTo(0.4);
    expect(readings[1]?.utilizationRatio).toBeCloseTo(0.2);
    expect(readings.map(({ memoryUsedBytes }) => memoryUsedBytes)).toEqual([GiB / 2, GiB / 2]);
    // Of a process that is nobody's they have no more either.
    const { readings: besideHost } = attribute([device], shares, owners({ 1: 'a' }));
    expect(besideHost.map(({ pod, memoryUsedBytes }) => [pod, memoryUsedBytes])).toEqual([['a', GiB / 2], ['b', 0]]); // prettier-ignore
    expect(besideHost[0]?.utilizationRatio).toBeCloseTo(0.4);
  });

  it('takes a container that has the GPU whole, and a replica of it as well, for its only holder', () => {
    const both = attribute([busy(gpuProcess(1))], [allocation('a', [gpuUuid(5), `${gpuUuid(5)}::0`])], owners({}));
    expect(given(both)).toEqual([['a', gpuUuid(5), 'exclusive', 0.5]]);
  });
});

describe('attribute, whatever is there', () => {
  it('the pods of a GPU or slice never have more than it has, and no pod has it twice', () => {
    fc.assert(
      fc.property(arbitraryNode, ({ devices: gpus, allocations, ownerOf }) => {
        const { readings } = attribute(gpus, allocations, ownerOf);
        const series = readings.map(({ pod, container, target }) => `${pod} ${container} ${targetUuid(target)}`);
        expect(new Set(series).size).toBe(series.length);
        for (const [, ones] of Map.groupBy(readings, ({ target }) => targetUuid(target))) {
          const whole = ones[0]!.target.slice ?? ones[0]!.target.device;
          const sum = (figure: 'utilizationRatio' | 'memoryUsedBytes'): number =>
            ones.reduce((total, one) => total + (one[figure] ?? 0), 0);
          expect(sum('utilizationRatio')).toBeLessThanOrEqual((whole.utilizationRatio ?? 1) + 1e-9);
          expect(sum('memoryUsedBytes')).toBeLessThanOrEqual(whole.memoryUsedBytes ?? whole.memoryTotalBytes ?? 0);
        }
      }),
    );
  });

  it('every device that the kubelet gave away has a reading or a reason, and nothing else has', () => {
    fc.assert(
      fc.property(arbitraryNode, ({ devices: gpus, allocations, ownerOf }) => {
        const { readings, leftOut } = attribute(gpus, allocations, ownerOf);
        const told = [...readings, ...leftOut.map(({ holder }) => holder)].flatMap(({ deviceIds }) => deviceIds);
        expect(told.sort()).toEqual(allocations.flatMap(({ deviceIds }) => deviceIds).sort());
      }),
    );
  });

  it('a pod that is gone has no reading, whatever it left running', () => {
    fc.assert(
      fc.property(arbitraryNode, ({ devices: gpus, allocations }) => {
        const alive = allocations.filter(({ pod }) => pod !== 'a');
        const { readings } = attribute(gpus, alive, () => ofPod('a'));
        expect(readings.filter(({ pod }) => pod === 'a')).toEqual([]);
      }),
    );
  });
});
