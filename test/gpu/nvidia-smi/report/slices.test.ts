import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readProcesses, readSlices } from '../../../../src/gpu/nvidia-smi/report/slices.ts';
import { parseXmlReport } from '../../../../src/gpu/nvidia-smi/report/xml.ts';
import type { RejectedValue } from '../../../../src/gpu/rejections.ts';

const cut = parseXmlReport(readFileSync('test/captures/a100-mig-and-lost.xml', 'utf8'))!.gpus[1]!;
const gpuUuid = cut.device.uuid;
const listed = [0, 1].map((index) => ({ uuid: `MIG-44444444-aaaa-bbbb-cccc-00000000000${index}`, gpuUuid, index, profile: '3g.20gb' })); // prettier-ignore

describe('readSlices', () => {
  it('joins the report with the list by place', () => {
    const rejected: RejectedValue[] = [];
    const slices = readSlices(cut.migDevices, listed, rejected);
    expect(slices).toHaveLength(2);
    expect(slices?.map(({ uuid }) => uuid)).toEqual(listed.map(({ uuid }) => uuid));
    for (const slice of slices ?? []) {
      expect(slice.memoryUsedBytes).toBeLessThanOrEqual(slice.memoryTotalBytes!);
      expect(slice.gpuInstanceId).toBeGreaterThan(0);
    }
    expect(rejected).toEqual([]);
  });

  it('knows no slices where the two do not agree, and none where there are none', () => {
    expect(readSlices(cut.migDevices, listed.slice(1), [])).toBeUndefined();
    expect(readSlices(cut.migDevices, [listed[0]!, { ...listed[1]!, index: 5 }], [])).toBeUndefined();
    expect(readSlices([], [], [])).toEqual([]);
  });

  it('throws away memory that can not be', () => {
    const rejected: RejectedValue[] = [];
    const leaves = new Map([
      ['index', '0'],
      ['gpu_instance_id', '1'],
      ['compute_instance_id', '0'],
      ['fb_memory_usage/used', '30 MiB'],
      ['fb_memory_usage/total', '20 MiB'],
    ]);
    expect(readSlices([leaves], [listed[0]!], rejected)?.[0]).not.toHaveProperty('memoryUsedBytes');
    expect(rejected).toEqual([{ field: 'memoryUsedBytes', reason: 'more-than-total' }]);
  });
});

describe('readProcesses', () => {
  it('reads a process once, with its memory where it is told and its slice where it has one', () => {
    const rejected: RejectedValue[] = [];
    const element = (entries: Record<string, string>): Map<string, string> => new Map(Object.entries(entries));
    const slices = [{ uuid: 'MIG-1', gpuInstanceId: 3, computeInstanceId: 0 }];
    const elements = [
      element({ pid: '7', used_memory: '10 MiB', gpu_instance_id: '3', compute_instance_id: '0', type: 'C' }),
      element({ pid: '8', used_memory: 'N/A', gpu_instance_id: 'N/A', compute_instance_id: 'N/A' }),
      element({ pid: '9', used_memory: '-5 MiB' }),
      element({ pid: '7', used_memory: '2 MiB', gpu_instance_id: '3', compute_instance_id: '0', type: 'G' }),
      element({ pid: '[Insufficient Permissions]', used_memory: '1 MiB' }),
    ];
    expect(readProcesses(elements, slices, rejected)).toEqual([
      { pid: 7, memoryUsedBytes: 10 * 1_048_576, migInstanceUuid: 'MIG-1' },
      { pid: 8 },
      { pid: 9 },
    ]);
    expect(rejected).toEqual([{ field: 'processMemoryUsedBytes', reason: 'out-of-range' }]);
  });
});

describe('readSlices and readProcesses, whatever a report says', () => {
  const paths = ['index', 'pid', 'gpu_instance_id', 'compute_instance_id', 'used_memory', 'fb_memory_usage/used', 'fb_memory_usage/total']; // prettier-ignore
  const written = fc.oneof(fc.nat(12).map(String), fc.integer().map((number) => `${number} MiB`), fc.constantFrom('N/A', ''), fc.string()); // prettier-ignore
  const element = fc.dictionary(fc.constantFrom(...paths), written).map((leaves) => new Map(Object.entries(leaves)));
  const elements = fc.array(element, { maxLength: 4 });

  it('tell slices of which each is listed, with no more memory in use than they have', () => {
    fc.assert(
      fc.property(elements, fc.nat(4), (leaves, count) => {
        const names = Array.from({ length: count }, (_, index) => ({ ...listed[0]!, uuid: `MIG-${index}`, index }));
        const slices = readSlices(leaves, names, []) ?? [];
        expect([0, leaves.length]).toContain(slices.length);
        for (const { uuid, memoryUsedBytes = 0, memoryTotalBytes = Infinity } of slices) {
          expect(names.map((name) => name.uuid)).toContain(uuid);
          expect(memoryUsedBytes).toBeGreaterThanOrEqual(0);
          expect(memoryUsedBytes).toBeLessThanOrEqual(memoryTotalBytes);
        }
      }),
    );
  });

  it('tell each process once, with memory that can be', () => {
    fc.assert(
      fc.property(elements, (leaves) => {
        const processes = readProcesses(leaves, undefined, []);
        expect(new Set(processes.map(({ pid }) => pid)).size).toBe(processes.length);
        for (const { memoryUsedBytes = 0 } of processes) expect(memoryUsedBytes).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
