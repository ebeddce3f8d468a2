import { describe, expect, it } from 'vitest';
import { attribute } from '../../src/gpu/attribution.ts';
import { needsProcesses } from '../../src/gpu/process-need.ts';
import { allocation, gpu, gpuUuid, slice, sliceUuid } from '../support/gpu-builders.ts';

const whole = [allocation('a', [gpuUuid(0)])];
const replica = [allocation('a', [`${gpuUuid(0)}::0`])];
const replicas = [...replica, allocation('b', [`${gpuUuid(0)}::1`])];
const cut = gpu(0, { migEnabled: true, migDevices: [slice(7)], processes: [] });

describe('the processes on a GPU', () => {
  it.each([
    ['nobody has a GPU', [gpu(0)], [], false],
    ['each GPU is one container’s', [gpu(0), gpu(1)], whole, false],
    ['what is held is no GPU here', [gpu(0)], [allocation('a', [`${gpuUuid(9)}::0`])], false],
    ['a slice is shared, for its processes come with it', [cut], [allocation('a', [`${sliceUuid(7)}::0`])], false],
    ['a GPU may have several holders', [gpu(0)], replica, true],
    ['a GPU has several holders', [gpu(0)], replicas, true],
    ['they are known already', [gpu(0, { processes: [] })], replicas, true],
    ['two hold what only one can, of whom one has ended', [gpu(0)], [...whole, allocation('b', [gpuUuid(0)])], true],
  ])('when %s', (_, devices, allocations, needed) => {
    const attribution = attribute(devices, allocations, () => ({ kind: 'host' }));
    expect(needsProcesses(attribution)).toBe(needed);
  });
});
