import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseXmlReport } from '../../src/gpu/nvidia-smi/report/xml.ts';
import { readProcesses } from '../../src/gpu/nvidia-smi/report/slices.ts';
import { DeviceReader } from '../../src/gpu/nvml/device.ts';
import { parseMessage } from '../../src/gpu/nvml/message.ts';
import { ProcessShares } from '../../src/gpu/process-shares.ts';

// Recorded on an H100 with driver 580.159.04 that two pods share; UUID and serial number are masked.
const messages = readFileSync('test/captures/h100-580-child.jsonl', 'utf8').trim().split('\n').map((line) => parseMessage(line.replace('"migEnabled":false', '"migEnabled":false,"xidsWatched":true'))); // prettier-ignore
const samples = messages.flatMap((message) => (message?.kind === 'sample' ? [message] : []));

it('every line of the process that holds NVML is a message, and nothing in it is rejected', () => {
  expect(messages.map((message) => message?.kind)).toEqual([
    'loaded',
    'started',
    'sample',
    'sample',
    'sample',
    'sample',
  ]);
  const reader = new DeviceReader();
  const devices = samples.flatMap((sample) => sample.devices.map((raw) => reader.read(raw)));
  expect(reader.rejectedValues).toEqual([]);
  expect(devices.at(-1)).toMatchObject({
    utilizationRatio: 0.99,
    memoryUsedBytes: 16_800_677_888,
    powerWatts: 697.656,
    clockEventReasons: ['sw_power_cap'],
    xidErrors: { counts: new Map() },
  });
});

it('two processes that the driver leaps between get steady parts, which are all of the GPU together', () => {
  const [reader, shares] = [new DeviceReader(), new ProcessShares()];
  let parts: (number | undefined)[] = [];
  samples.forEach((sample, second) => {
    const [device] = shares.smooth([reader.read(sample.devices[0]!)!], second * 1_000);
    parts = device!.processes!.map(({ smUtilizationRatio }) => smUtilizationRatio);
  });
  // The driver said 60 and 40, then 99 and nothing twice.
  expect(parts).toEqual([expect.closeTo(0.99 * (258 / 298), 3), expect.closeTo(0.99 * (40 / 298), 3)]);
});

it('both backends tell the same processes of the same moment', () => {
  const report = parseXmlReport(readFileSync('test/captures/h100-580-shared.xml', 'utf8'));
  const { device, processes = [], pcieReplays } = report!.gpus[0]!;
  expect(device).toMatchObject({ minorNumber: 0, utilizationRatio: 1, migEnabled: false });
  expect(pcieReplays).toBe(0);
  const byNvml = new DeviceReader().read(samples[0]!.devices[0]!)!.processes!;
  expect(readProcesses(processes, undefined, [])).toEqual(
    byNvml.map(({ pid, memoryUsedBytes }) => ({ pid, memoryUsedBytes })),
  );
});
