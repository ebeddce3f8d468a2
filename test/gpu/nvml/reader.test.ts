import { describe, expect, it, vi } from 'vitest';
import type { TestContext } from 'vitest';
import type { GpuDevice } from '../../../src/domain/gpu.ts';
import { NvmlReader } from '../../../src/gpu/nvml/reader.ts';
import type { ReaderEvent } from '../../../src/gpu/reader.ts';
import { systemClock } from '../../../src/program/system-clock.ts';
import { buildMockNvml, hasCompiler, mockGpu, mockUuid, skippedWithoutCompiler } from '../../support/mock-nvml.ts';
import type { MockDriver, MockNvml } from '../../support/mock-nvml.ts';

const patience = { timeout: 20_000, interval: 20 };

function start(
  test: TestContext,
  driver: MockDriver,
  compilerWords: readonly string[] = [],
): {
  nvml: MockNvml;
  events: ReaderEvent[];
  until: (isWanted: (event: ReaderEvent) => boolean) => Promise<ReaderEvent>;
  devicesWhere: (isWanted: (device: GpuDevice) => boolean) => Promise<readonly GpuDevice[]>;
} {
  // prettier-ignore
  const nvml = buildMockNvml(test, driver, compilerWords);
  const reader = new NvmlReader({ nvmlPath: nvml.path, intervalMs: 150, clock: systemClock });
  test.onTestFinished(() => reader.stop());
  const events: ReaderEvent[] = [];
  reader.start((event) => events.push(event));
  const until = (isWanted: (event: ReaderEvent) => boolean): Promise<ReaderEvent> =>
    vi.waitFor(() => {
      const found = events.findLast(isWanted);
      expect(found, JSON.stringify(events.slice(-2))).toBeDefined();
      return found!;
    }, patience);
  const devicesWhere = async (isWanted: (device: GpuDevice) => boolean): Promise<readonly GpuDevice[]> => {
    const event = await until((one) => one.kind === 'sample' && one.sample.devices.some(isWanted));
    return event.kind === 'sample' ? event.sample.devices : [];
  };
  return { nvml, events, until, devicesWhere };
}

const full = {
  memoryUtilization: 12, encoder: 3, decoder: 4, reserved: 512_000_000, power: 456_789, powerLimit: 700_000, smClock: 1_980, memoryClock: 2_619, graphicsClock: 1_985, videoClock: 1_500, linkGeneration: 5, linkWidth: 16, field31: 1,
  clockEvents: 0x24, field82: 61, field83: 1_234_500, field5: 2, field6: 1, field29: 7, field30: 8, field142: 3, field143: 4, field144: 1,
  field145: 0, field94: 9, field138: 1_000, field139: 2_000, gpm: 1, gpm1: 88, gpm2: 45.5, gpm3: 20, gpm5: 33, gpm10: 29, gpm20: 1, gpm21: 2, gpm60: 3, gpm61: 4, licence: 2,
}; // prettier-ignore

describe.skipIf(!hasCompiler).concurrent(`NvmlReader${skippedWithoutCompiler}`, { timeout: 60_000 }, () => {
  it('reads everything that a driver tells, in base units', async (test) => {
    const { devicesWhere } = start(test, { gpus: [mockGpu(0, full)] });
    const [device] = await devicesWhere(({ smActiveRatio }) => smActiveRatio !== undefined);
    expect(device).toEqual({
      index: 0, uuid: mockUuid(0), model: 'NVIDIA H100 80GB HBM3', pciBusId: '00000000:00:00.0', minorNumber: 0, migEnabled: false,
      utilizationRatio: 0.3, memoryUtilizationRatio: 0.12, encoderUtilizationRatio: 0.03, decoderUtilizationRatio: 0.04,
      memoryUsedBytes: 2_147_483_648, memoryTotalBytes: 85_520_809_984, memoryReservedBytes: 512_000_000, temperatureCelsius: 50,
      memoryTemperatureCelsius: 61, powerWatts: 456.789, powerLimitWatts: 700, smClockHertz: 1.98e9, memoryClockHertz: 2.619e9, graphicsClockHertz: 1.985e9, videoClockHertz: 1.5e9, pcieLinkGeneration: 5, pcieLinkWidth: 16, retiredPagesPending: 1,
      xidErrors: { counts: new Map() },
      energyJoules: 1_234.5, clockEventReasons: ['sw_power_cap', 'sw_thermal_slowdown'], eccCorrectedErrors: 2, eccUncorrectedErrors: 1,
      retiredPagesCorrected: 7, retiredPagesUncorrected: 8, remappedRowsCorrected: 3, remappedRowsUncorrected: 4, rowRemapPending: 1,
      rowRemapFailed: 0, pcieReplays: 9, nvlinkTransmittedBytes: 1_024_000, nvlinkReceivedBytes: 2_048_000, graphicsEngineActiveRatio: 0.88,
      smActiveRatio: 0.455, smOccupancyRatio: 0.2, tensorActiveRatio: 0.33, memoryBandwidthRatio: 0.29,
      pcieTransmittedBytesPerSecond: 1_048_576, pcieReceivedBytesPerSecond: 2_097_152, nvlinkReceivedBytesPerSecond: 3_145_728,
      nvlinkTransmittedBytesPerSecond: 4_194_304, vgpuLicence: 'there', processes: [],
    }); // prettier-ignore
  });

  it('tells the mean of the samples that the driver keeps, and not what it runs at the moment of asking', async (test) => {
    const { devicesWhere } = start(test, { gpus: [mockGpu(0, { samples: 31, utilization: 87 }), mockGpu(1)] });
    const [device, other] = await devicesWhere(() => true);
    expect(device?.utilizationRatio).toBeCloseTo(0.31);
    expect(other?.utilizationRatio).toBe(0.3);
  });

  it('reads an old driver, whose functions are fewer and otherwise named', async (test) => {
    const { events, devicesWhere } = start(test, { gpus: [mockGpu(0, { clockEvents: 1 })] }, ['-DOLD_DRIVER']);
    const [device] = await devicesWhere(() => true);
    expect(device).toMatchObject({ memoryUsedBytes: 2_147_483_648, clockEventReasons: ['gpu_idle'] });
    expect(device).not.toHaveProperty('memoryReservedBytes');
    expect(events[0]).toMatchObject({
      kind: 'started',
      unknownFields: expect.arrayContaining(['memoryV2']) as unknown,
    });
  });

  it('tells the processes of a shared GPU: the idle as 0, an unknown memory as absent, ten thousand as well', async (test) => {
    const many = Array.from({ length: 10_000 }, (_, index) => ({ pid: 1_000 + index, bytes: 4_096, smPercent: 0 }));
    const processes = [{ pid: 7, bytes: 1_048_576, smPercent: 25 }, { pid: 8, bytes: 0, smPercent: 0 }, ...many];
    const { devicesWhere } = start(test, { gpus: [mockGpu(0, {}, { processes })] });
    const [device] = await devicesWhere((one) => one.processes?.[0]?.smUtilizationRatio !== undefined);
    expect(device?.processes).toHaveLength(10_002);
    expect(device?.processes?.slice(0, 2)).toEqual([
      { pid: 7, memoryUsedBytes: 1_048_576, smUtilizationRatio: expect.closeTo(0.25, 9) as number },
      { pid: 8, smUtilizationRatio: 0 },
    ]);
  });

  it('tells which GPU has the licence of vGPU software, which lacks it, and which needs none', async (test) => {
    const gpus = [2, 1, 0, '!3'].map((licence, at) => mockGpu(at, { licence }));
    const { devicesWhere } = start(test, { gpus });
    const devices = await devicesWhere(() => true);
    expect(devices.map(({ vgpuLicence }) => vgpuLicence)).toEqual(['there', 'missing', 'not-needed', undefined]);
  });

  it('tells no processes where the driver does not', async (test) => {
    const { devicesWhere } = start(test, { gpus: [mockGpu(0, { noProcesses: 1 })] });
    expect((await devicesWhere(() => true))[0]).not.toHaveProperty('processes');
  });

  it('tells slices with their memory, processes and, alone in their GPU instance, their utilization', async (test) => {
    const slice = (digit: number, gi: number, ci: number, more = {}) => ({
      uuid: `MIG-0f0f0f0f-1111-2222-3333-00000000000${digit}`,
      values: { name: 'NVIDIA H100 80GB HBM3 MIG 1g.10gb', gi, ci, used: 1_000, total: 5_000, ...more },
    });
    const slices = [{ ...slice(1, 7, 0, { profileId: 19, placement: 4, gpm1: 40, gpm2: 35, gpm3: 10, gpm5: 5, gpm10: 100.5 }), processes: [{ pid: 9, bytes: 77, smPercent: 0 }] }, slice(2, 8, 0, { gpm1: 50 }), slice(3, 8, 1)]; // prettier-ignore
    const { devicesWhere } = start(test, { gpus: [mockGpu(0, { mig: 1, utilization: '!3', gpm: 1 }, { slices })] });
    const [device] = await devicesWhere((one) => one.migDevices?.[0]?.utilizationRatio !== undefined);
    const common = { profile: '1g.10gb', memoryUsedBytes: 1_000, memoryTotalBytes: 5_000 };
    expect(device?.migDevices).toEqual([
      { uuid: slices[0]?.uuid, gpuInstanceId: 7, computeInstanceId: 0, placement: { profileId: 19, start: 4 }, utilizationRatio: 0.4, smActiveRatio: 0.35, smOccupancyRatio: 0.1, tensorActiveRatio: 0.05, memoryBandwidthRatio: 1, ...common }, // prettier-ignore
      { uuid: slices[1]?.uuid, gpuInstanceId: 8, computeInstanceId: 0, ...common },
      { uuid: slices[2]?.uuid, gpuInstanceId: 8, computeInstanceId: 1, ...common },
    ]);
    expect(device?.processes).toEqual([{ pid: 9, memoryUsedBytes: 77, migInstanceUuid: slices[0]?.uuid }]);
    expect(device).not.toHaveProperty('utilizationRatio');
  });

  it('asks anew where a slice lies when it was cut anew under the same name', async (test) => {
    const driver = (placement: number | undefined): MockDriver => {
      const values = { name: 'NVIDIA H100 MIG 1g.10gb', gi: 7, ci: 0, used: 1, total: 5, profileId: 19, placement: placement ?? 0 }; // prettier-ignore
      const slices = placement === undefined ? [] : [{ uuid: 'MIG-0f0f0f0f-1111-2222-3333-000000000001', values }];
      return { gpus: [mockGpu(0, { mig: 1 }, { slices })] };
    };
    const { nvml, devicesWhere } = start(test, driver(4));
    await devicesWhere(({ migDevices }) => migDevices?.[0]?.placement?.start === 4);
    nvml.become(driver(undefined));
    await devicesWhere(({ migDevices }) => migDevices?.length === 0);
    nvml.become(driver(2));
    await devicesWhere(({ migDevices }) => migDevices?.[0]?.placement?.start === 2);
  });

  it('counts critical errors, once each, and keeps the count when its process is exchanged', async (test) => {
    const { nvml, devicesWhere, until } = start(test, { gpus: [mockGpu(0, { xid: 79 })], settings: { serial: 'a' } });
    await devicesWhere(({ xidErrors }) => xidErrors?.counts.get(79) === 1);
    nvml.become({ gpus: [mockGpu(0)], settings: { crash: 1 } });
    const failure = await until(({ kind }) => kind === 'failure');
    expect(failure).toHaveProperty(
      'reason',
      expect.stringContaining('the process that holds NVML was ended by SIGABRT'),
    );
    nvml.become({ gpus: [mockGpu(0, { xid: 79 })], settings: { serial: 'b' } });
    await devicesWhere(({ xidErrors }) => xidErrors?.counts.get(79) === 2 && xidErrors.last === 79);
  });

  it('reads the others when a GPU falls off the bus, and fails when all have', async (test) => {
    const { nvml, until } = start(test, { gpus: [mockGpu(0), mockGpu(1)] });
    await until((event) => event.kind === 'sample' && event.sample.devices.length === 2);
    nvml.become({ gpus: [mockGpu(0, { utilization: '!15', xid: 79 }), mockGpu(1)], settings: { serial: 'a' } });
    const sample = await until((event) => event.kind === 'sample' && event.sample.devices.length === 1);
    expect(sample).toMatchObject({ sample: { devices: [{ index: 1 }], lostCount: 1 }, rejected: { lines: 1 } }); // prettier-ignore
    const named = await until((event) => event.kind === 'sample' && event.sample.lost?.[0]?.xidErrors?.last === 79);
    expect(named).toMatchObject({ sample: { lost: [{ index: 0, uuid: mockUuid(0), pciBusId: '00000000:00:00.0' }] } });
    nvml.become({ gpus: [mockGpu(0, { handle: 15 }), mockGpu(1, { handle: 15 })] });
    const failure = await until(({ kind }) => kind === 'failure');
    expect(failure).toHaveProperty(
      'reason',
      'NVML shows none of 2 GPUs: the GPU has fallen off the bus or is lost (code 15)',
    );
  });

  it.for([
    [9, false, 'NVML init: the NVIDIA driver is not loaded (code 9)'],
    [
      18,
      false,
      'NVML init: driver and library versions do not match, as after an upgrade under a running container (code 18)',
    ],
    [
      17,
      true,
      'NVML init: the operating system or its cgroups keep the GPU from this container; a new container mends that (code 17)',
    ],
    [
      999,
      true,
      'NVML init: an unknown error inside the driver; a container that lost access to its GPUs needs a new one (code 999)',
    ],
    [12345, false, 'NVML init: an error without a name (code 12345)'],
  ] as const)(
    'says what code %i of the library means, and whether access was taken (%s)',
    async ([init, accessDenied, reason], test) => {
      const { until } = start(test, { gpus: [], settings: { init } });
      expect(await until(({ kind }) => kind === 'failure')).toMatchObject({ reason, accessDenied });
    },
  );

  it('says that there is no library', async (test) => {
    const reader = new NvmlReader({ nvmlPath: '/nowhere/nvml.so', intervalMs: 150, clock: systemClock });
    test.onTestFinished(() => reader.stop());
    const events: ReaderEvent[] = [];
    reader.start((event) => events.push(event));
    await vi.waitFor(() => expect(events[0]).toHaveProperty('reason', expect.stringMatching(/^"\/nowhere\/nvml.so" can't be loaded: .*; see --nvml-path$/)), patience); // prettier-ignore
  });
});
