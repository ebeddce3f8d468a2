import { describe, expect, it, vi } from 'vitest';
import type { TestContext } from 'vitest';
import type { GpuDevice } from '../../src/domain/gpu.ts';
import type { GpuReader, ReaderEvent } from '../../src/gpu/reader.ts';

/** A node as a driver is to show it. */
interface GpuScene {
  /** In MiB and percent; nothing for what the driver does not tell. */
  readonly processes: readonly { readonly pid: number; readonly mebibytes?: number; readonly percent: number }[];
  /** Where there are any the GPU is cut; each has one process of the number of its GPU instance. */
  readonly slices: readonly { readonly uuid: string; readonly gi: number; readonly mebibytes: number }[];
}

export interface DetailsUnderTest {
  readonly reader: GpuReader;
  /** A driver with one GPU, of minor number 5, 2 GiB in use of 40 and 50 % busy. */
  show(scene: GpuScene): void;
}

const mebibyte = 1_048_576;
const patience = { timeout: 40_000, interval: 20 };
const sliceUuids = [1, 2].map((digit) => `MIG-0f0f0f0f-1111-2222-3333-00000000000${digit}`) as [string, string];

/** What every reader has to tell of processes and slices, so that attribution is the same whatever reads. */
export function describeGpuDetails(name: string, create: (test: TestContext) => DetailsUnderTest): void {
  const start = (test: TestContext, scene: GpuScene) => {
    const subject = create(test);
    const events: ReaderEvent[] = [];
    subject.show(scene);
    subject.reader.start((event) => events.push(event));
    test.onTestFinished(() => subject.reader.stop());
    const deviceWhere = (isWanted: (device: GpuDevice) => boolean): Promise<GpuDevice> =>
      vi.waitFor(() => {
        const found = events.flatMap((event) => (event.kind === 'sample' ? event.sample.devices : [])).findLast(isWanted); // prettier-ignore
        expect(found, JSON.stringify(events.slice(-2))).toBeDefined();
        return found!;
      }, patience);
    return { ...subject, deviceWhere };
  };

  describe(`${name} as a teller of processes and slices`, { timeout: 60_000 }, () => {
    it('tells processes with their memory and their part of the utilization, 0 as 0 and nothing as nothing', async (test) => {
      const processes = [{ pid: 71, mebibytes: 1_024, percent: 40 }, { pid: 72, mebibytes: 512, percent: 0 }, { pid: 73, percent: 10 }]; // prettier-ignore
      const { show, deviceWhere } = start(test, { processes, slices: [] });
      const device = await deviceWhere((one) => one.minorNumber === 5 && one.processes?.[0]?.smUtilizationRatio !== undefined); // prettier-ignore
      expect(device.processes).toEqual([
        { pid: 71, memoryUsedBytes: 1_024 * mebibyte, smUtilizationRatio: expect.closeTo(0.4) as unknown },
        { pid: 72, memoryUsedBytes: 512 * mebibyte, smUtilizationRatio: 0 },
        { pid: 73, smUtilizationRatio: expect.closeTo(0.1) as unknown },
      ]);
      show({ processes: [], slices: [] });
      expect(await deviceWhere((one) => one.processes?.length === 0)).not.toHaveProperty('migDevices');
    });

    it('tells slices by UUID with their memory, and which slice each process is on', async (test) => {
      const [first, second] = sliceUuids;
      const slices = [{ uuid: first, gi: 7, mebibytes: 1_000 }, { uuid: second, gi: 9, mebibytes: 0 }]; // prettier-ignore
      const { deviceWhere } = start(test, { processes: [], slices });
      const device = await deviceWhere((one) => one.migDevices !== undefined && one.processes !== undefined);
      expect(device).toMatchObject({
        migEnabled: true,
        migDevices: [
          { uuid: first, gpuInstanceId: 7, computeInstanceId: 0, profile: '1g.10gb', memoryUsedBytes: 1_000 * mebibyte, memoryTotalBytes: 10_000 * mebibyte }, // prettier-ignore
          { uuid: second, gpuInstanceId: 9, computeInstanceId: 0, profile: '1g.10gb', memoryUsedBytes: 0 },
        ],
        processes: [
          { pid: 7, memoryUsedBytes: 100 * mebibyte, migInstanceUuid: first },
          { pid: 9, memoryUsedBytes: 100 * mebibyte, migInstanceUuid: second },
        ],
      });
      expect(device).not.toHaveProperty('utilizationRatio');
    });
  });
}
