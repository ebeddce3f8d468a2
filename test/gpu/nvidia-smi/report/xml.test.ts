import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseXmlReport } from '../../../../src/gpu/nvidia-smi/report/xml.ts';

const text = readFileSync('test/captures/a100-mig-and-lost.xml', 'utf8');

describe('parseXmlReport', () => {
  it('reads a GPU as the CSV query does, and its minor number', () => {
    const report = parseXmlReport(text);
    expect(report?.driverVersion).toBe('550.127.08');
    expect(report?.gpus[0]).toEqual({
      migDevices: [],
      processes: [new Map([['pid', '4711'], ['process_name', 'engine --prompt &lt;none&gt;'], ['used_memory', '35000 MiB']])], // prettier-ignore
      rejectedValues: [],
      device: {
        index: 0,
        uuid: 'GPU-33333333-aaaa-bbbb-cccc-000000000001',
        model: 'NVIDIA A100-SXM4-40GB',
        pciBusId: '00000000:3b:00.0',
        minorNumber: 3,
        migEnabled: false,
        utilizationRatio: 0.64,
        memoryUtilizationRatio: 0.22,
        encoderUtilizationRatio: 0,
        decoderUtilizationRatio: 0,
        memoryUsedBytes: 35_210 * 1_048_576,
        memoryTotalBytes: 40_960 * 1_048_576,
        memoryReservedBytes: 602 * 1_048_576,
        temperatureCelsius: 57,
        memoryTemperatureCelsius: 60,
        powerWatts: 251.02,
        powerLimitWatts: 400,
        smClockHertz: 1_410_000_000,
        memoryClockHertz: 1_215_000_000,
      },
    });
  });

  it('counts MIG devices and does not take their memory for the GPU', () => {
    const mig = parseXmlReport(text)?.gpus[1];
    expect(mig).toMatchObject({ migDevices: [{}, {}], device: { migEnabled: true, memoryUsedBytes: 950 * 1_048_576 } });
    expect(mig?.device).not.toHaveProperty('utilizationRatio');
    expect(mig?.device).not.toHaveProperty('powerWatts');
  });

  it('counts an element that names no GPU', () => {
    const report = parseXmlReport(text);
    expect(report?.gpus).toHaveLength(2);
    expect(report?.rejectedGpus).toBe(1);
  });

  it('refuses a document without its end, and what is none', () => {
    expect(parseXmlReport(text.slice(0, -20))).toBeUndefined();
    expect(parseXmlReport('No devices were found')).toBeUndefined();
    expect(parseXmlReport('')).toBeUndefined();
  });

  it('survives a document with any piece missing', () => {
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(400), (at, length) => {
        const report = parseXmlReport(text.slice(0, at) + text.slice(at + length));
        return report === undefined || report.gpus.length <= 3;
      }),
    );
  });
});
