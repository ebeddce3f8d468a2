import { describe, expect, it } from 'vitest';
import { mergeDevice } from '../../../src/gpu/nvidia-smi/merge.ts';
import type { RejectedValue } from '../../../src/gpu/rejections.ts';
import { gpu, slice } from '../../support/gpu-builders.ts';

const reported = { processes: [{ pid: 1, memoryUsedBytes: 5 }], slices: [slice(1)], minorNumber: 3, pcieReplays: 2 };
const shown = [{ pid: 1, smRatio: 0.5, memoryBytes: 9 }, { pid: 2 }];

describe('mergeDevice', () => {
  it('takes processes from pmon, with what no sample was taken of as 0', () => {
    const device = mergeDevice(gpu(5), reported, shown, []);
    expect(device).toMatchObject({ minorNumber: 3, pcieReplays: 2 });
    expect(device.processes).toEqual([{ pid: 1, memoryUsedBytes: 9, smUtilizationRatio: 0.5 }, { pid: 2, smUtilizationRatio: 0 }]); // prettier-ignore
    expect(device).not.toHaveProperty('migDevices');
  });

  it('does not take dashes for 0 while the GPU is busy and no process has a number', () => {
    const dashes = [{ pid: 1 }, { pid: 2 }];
    expect(mergeDevice(gpu(5), {}, dashes, []).processes).toEqual(dashes);
    const idle = mergeDevice(gpu(5, { utilizationRatio: 0 }), {}, dashes, []);
    expect(idle.processes?.map(({ smUtilizationRatio }) => smUtilizationRatio)).toEqual([0, 0]);
  });

  it('takes processes from the report where pmon has none of this GPU, and of slices always', () => {
    expect(mergeDevice(gpu(5), reported, undefined, []).processes).toEqual(reported.processes);
    const sliced = mergeDevice(gpu(5, { migEnabled: true }), reported, shown, []);
    expect(sliced).toMatchObject({ processes: reported.processes, migDevices: reported.slices });
    expect(mergeDevice(gpu(5), {}, undefined, [])).toEqual(gpu(5));
  });

  it('does not believe a process that has more memory than the GPU', () => {
    const rejected: RejectedValue[] = [];
    const device = mergeDevice(gpu(5, { memoryTotalBytes: 8 }), {}, shown, rejected);
    expect(device.processes?.[0]).toEqual({ pid: 1, smUtilizationRatio: 0.5 });
    expect(rejected).toEqual([{ field: 'processMemoryUsedBytes', reason: 'more-than-total' }]);
  });
});
