import fc from 'fast-check';
import type { Allocation, GpuDevice } from '../../src/domain/gpu.ts';
import type { OwnerLookup, ProcessOwner } from '../../src/gpu/processes/owner.ts';
import { gpu, gpuUuid, slice, sliceUuid } from './gpu-builders.ts';

/** A node with a whole GPU and one cut in two slices, what its pods a, b and c hold of them, and whose its processes are. */
export interface ArbitraryNode {
  readonly devices: readonly GpuDevice[];
  readonly allocations: readonly Allocation[];
  readonly ownerOf: OwnerLookup;
}

const pods = ['a', 'b', 'c'];
const pids = [1, 2, 3, 4, 5];
const ratio = fc.double({ min: 0, max: 1, noNaN: true });
const bytes = fc.integer({ min: 0, max: 80 * 1_073_741_824 });
const slices = [sliceUuid(1), sliceUuid(2)];

/** Processes of which each is there once, and each figure told or not. */
const processes = fc.uniqueArray(
  fc.record(
    { pid: fc.constantFrom(...pids), memoryUsedBytes: bytes, smUtilizationRatio: ratio, migInstanceUuid: fc.constantFrom(...slices) }, // prettier-ignore
    { requiredKeys: ['pid'] },
  ),
  { selector: ({ pid }) => pid },
);
const figures = fc.record({ utilizationRatio: ratio, memoryUsedBytes: bytes, processes }, { requiredKeys: [] });
const devices = fc
  .tuple(figures, figures)
  .map(([whole, cut]) => [
    gpu(0, whole),
    gpu(1, { ...cut, migEnabled: true, migDevices: [slice(1, { utilizationRatio: 0.5 }), slice(2)] }),
  ]);

/** IDs that are right, of one replica of several, of a GPU that is cut, and of nothing. */
const ids = [gpuUuid(0), `${gpuUuid(0)}::0`, `${gpuUuid(0)}::1`, ...slices, `${sliceUuid(1)}::0`, `${sliceUuid(1)}::1`, gpuUuid(1), 'nvidia0', 'odd']; // prettier-ignore
const allocations = fc.array(
  fc.record({ namespace: fc.constant('inference'), pod: fc.constantFrom(...pods), container: fc.constantFrom('x', 'y'), resource: fc.constantFrom('nvidia.com/gpu', 'gpu.nvidia.com'), deviceIds: fc.subarray(ids) }), // prettier-ignore
  { maxLength: 6 },
);

const owners: ProcessOwner[] = [...pods.map(ofPod), { kind: 'host' }, { kind: 'gone' }, { kind: 'unknown', why: 'x' }];
const ownerOf = fc.array(fc.constantFrom(...owners), { minLength: pids.length, maxLength: pids.length }).map(
  (list): OwnerLookup =>
    (pid) =>
      list[pid - 1] ?? { kind: 'host' },
);

export const arbitraryNode: fc.Arbitrary<ArbitraryNode> = fc.record({ devices, allocations, ownerOf });

export function ofPod(pod: string): ProcessOwner {
  return { kind: 'pod', namespace: 'inference', pod };
}
