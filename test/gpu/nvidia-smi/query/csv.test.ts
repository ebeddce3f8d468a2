import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRow } from '../../../../src/gpu/nvidia-smi/query/csv.ts';
import type { CsvRow } from '../../../../src/gpu/nvidia-smi/query/csv.ts';
import { parseHeader } from '../../../../src/gpu/nvidia-smi/query/fields.ts';

function rowsOf(capture: string): CsvRow[] {
  const [header = '', ...lines] = readFileSync(`test/captures/${capture}`, 'utf8').trim().split('\n');
  const columns = parseHeader(header)!;
  return lines.map((line) => parseRow(line, columns)!);
}

const columns = parseHeader('index, uuid, count, utilization.gpu [%], memory.used [MiB], memory.total [MiB]')!;
const uuid = 'GPU-11111111-aaaa-bbbb-cccc-000000000001';

describe('parseRow', () => {
  it('reads a busy GPU in base units', () => {
    expect(rowsOf('two-h100-and-mig.csv')[0]).toEqual({
      count: 4,
      driverVersion: '590.48.01',
      rejectedValues: [],
      device: {
        index: 0,
        uuid,
        model: 'NVIDIA H100 80GB HBM3',
        pciBusId: '00000000:1b:00.0',
        migEnabled: false,
        utilizationRatio: 0.87,
        memoryUtilizationRatio: 0.41,
        encoderUtilizationRatio: 0,
        decoderUtilizationRatio: 0,
        memoryUsedBytes: 70_144 * 1_048_576,
        memoryTotalBytes: 81_559 * 1_048_576,
        memoryReservedBytes: 479 * 1_048_576,
        temperatureCelsius: 66,
        memoryTemperatureCelsius: 71,
        powerWatts: 512.35,
        powerLimitWatts: 700,
        smClockHertz: 1_980_000_000,
        memoryClockHertz: 2_619_000_000,
      },
    });
  });

  it('tells an idle GPU from one that says nothing', () => {
    const [, idle, mig, mute] = rowsOf('two-h100-and-mig.csv');
    expect(idle?.device.utilizationRatio).toBe(0);
    expect(mig?.device).toMatchObject({ migEnabled: true, memoryUsedBytes: 11_125 * 1_048_576 });
    expect(mig?.device).not.toHaveProperty('utilizationRatio');
    expect(mute?.rejectedValues).toEqual([]);
    expect(Object.keys(mute!.device).sort()).toEqual(['index', 'memoryTotalBytes', 'migEnabled', 'model', 'pciBusId', 'powerWatts', 'uuid']); // prettier-ignore
  });

  it('takes the second source of a figure where the first has none', () => {
    expect(rowsOf('two-h100-and-mig.csv')[3]?.device.powerWatts).toBe(88.1);
    expect(rowsOf('geforce-418.csv')[0]?.device).toMatchObject({ powerLimitWatts: 180, model: 'GeForce GTX 1080' });
  });

  it.each([
    ['a cell too few', `0, ${uuid}, 1, 5, 10`],
    ['a cell too many', `0, ${uuid}, 1, 5, 10, 20, 30`],
    ['no UUID', '0, [Unknown Error], 1, 5, 10, 20'],
    ['something else in place of the UUID', '0, NVIDIA H100, 1, 5, 10, 20'],
    ['no index', `[N/A], ${uuid}, 1, 5, 10, 20`],
    ['a message', 'Unable to determine the device handle for GPU0000:CB:00.0: Unknown Error'],
  ])('refuses a line with %s', (_, line) => {
    expect(parseRow(line, columns)).toBeUndefined();
  });

  it('leaves out and counts values that can not be true', () => {
    expect(parseRow(`0, ${uuid}, 1, 400, 30, 20`, columns)).toMatchObject({
      rejectedValues: [
        { field: 'utilizationRatio', reason: 'out-of-range' },
        { field: 'memoryUsedBytes', reason: 'more-than-total' },
      ],
      device: { memoryTotalBytes: 20 * 1_048_576 },
    });
    expect(parseRow(`0, ${uuid}, 1, -1, 30, 20`, columns)?.device).not.toHaveProperty('memoryUsedBytes');
    expect(parseRow(`0, ${uuid}, 1, 50, 20, 20`, columns)?.rejectedValues).toEqual([]);
  });

  it('reads what keeps the clocks low, the health of the memory and the link', () => {
    const names = 'index, uuid, count, clocks_event_reasons.active, ecc.errors.uncorrected.aggregate.total, remapped_rows.pending, retired_pages.pending, remapped_rows.failure, pcie.link.gen.current, clocks.current.video [MHz]'; // prettier-ignore
    const header = parseHeader(names)!;
    const row = parseRow(`0, ${uuid}, 1, 0x0000000000000024, 7, Yes, [N/A], No, 5, 1545`, header);
    expect(row).toMatchObject({
      rejectedValues: [],
      device: {
        clockEventReasons: ['sw_power_cap', 'sw_thermal_slowdown'],
        eccUncorrectedErrors: 7,
        rowRemapPending: 1,
        rowRemapFailed: 0,
        pcieLinkGeneration: 5,
        videoClockHertz: 1_545_000_000,
      },
    });
    expect(row?.device).not.toHaveProperty('retiredPagesPending');
    expect(parseRow(`0, ${uuid}, 1, Active, -1, Maybe, No, No, 5, 1545`, header)?.rejectedValues).toEqual([
      { field: 'eccUncorrectedErrors', reason: 'out-of-range' },
      { field: 'rowRemapPending', reason: 'unreadable' },
      { field: 'clockEventReasons', reason: 'unreadable' },
    ]);
  });

  it('knows no count where the driver tells none', () => {
    expect(parseRow(`0, ${uuid}, [N/A], 5, 10, 20`, columns)).not.toHaveProperty('count');
  });

  it('never makes a figure of words, and never throws', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 3, maxLength: 3 }), (cells) => {
        const row = parseRow(`0, ${uuid}, 1, ${cells.join(', ')}`, columns);
        const ratio = row?.device.utilizationRatio;
        return ratio === undefined || (ratio >= 0 && ratio <= 1);
      }),
    );
  });
});
