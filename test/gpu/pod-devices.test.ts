import { describe, expect, it } from 'vitest';
import { attribute } from '../../src/gpu/attribution.ts';
import { countPodDevices } from '../../src/gpu/pod-devices.ts';
import { allocation, gpu, gpuUuid, slice, sliceUuid } from '../support/gpu-builders.ts';

const devices = [
  gpu(0),
  gpu(1),
  gpu(2),
  gpu(3, { migEnabled: true, migDevices: [slice(1, { uuid: sliceUuid(1) }), slice(2)] }),
];

describe('countPodDevices', () => {
  it.each([
    ['a GPU of its own, and one that is shared and not told', [gpuUuid(0), `${gpuUuid(1)}::0`], 2],
    ['two replicas of one GPU', [`${gpuUuid(1)}::0`, `${gpuUuid(1)}::1`], 1],
    ['two replicas of a GPU that the driver does not list', [`${gpuUuid(9)}::0`, `${gpuUuid(9)}::1`], 1],
    ['two GPUs that the driver does not list', [gpuUuid(8), gpuUuid(9)], 2],
    ['two slices', [sliceUuid(1), sliceUuid(2)], 2],
    ['IDs that nobody knows', ['new-0', 'new-1'], 2],
  ])('counts %s', (_, ids, count) => {
    const counted = countPodDevices(attribute(devices, [allocation('a', ids)]));
    expect(counted).toEqual([{ namespace: 'inference', pod: 'a', devices: count }]);
  });

  it('counts a GPU of two containers once for their pod, and each pod by itself', () => {
    const held = [
      allocation('a', [`${gpuUuid(1)}::0`]),
      allocation('a', [`${gpuUuid(1)}::1`, gpuUuid(2)], { container: 'sidecar' }),
      allocation('b', [`${gpuUuid(1)}::2`]),
      allocation('a', [gpuUuid(0)], { namespace: 'elsewhere' }),
      allocation('none', []),
    ];
    expect(countPodDevices(attribute(devices, held)).map(({ namespace, pod, devices: count }) => [namespace, pod, count]).sort()).toEqual([
      ['elsewhere', 'a', 1],
      ['inference', 'a', 2],
      ['inference', 'b', 1],
    ]); // prettier-ignore
  });

  it('does not take a network card for a GPU', () => {
    const card = allocation('a', ['0000:3b:00.2'], { resource: 'nvidia.com/hostdev' });
    expect(countPodDevices(attribute(devices, [card]))).toEqual([]);
    const odd = allocation('a', ['odd'], { resource: 'nvidia.com/gpu.shared' });
    expect(countPodDevices(attribute(devices, [odd]))).toHaveLength(1);
  });
});
