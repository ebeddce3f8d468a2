import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeviceReader } from '../../../src/gpu/nvml/device.ts';
import { scales } from '../../../src/gpu/nvml/figures.ts';
import { parseMessage } from '../../../src/gpu/nvml/message.ts';
import type { RawDevice } from '../../../src/gpu/nvml/message.ts';

const healthy: RawDevice = {
  index: 0,
  uuid: 'GPU-0f0f0f0f-1111-2222-3333-000000000000',
  name: 'NVIDIA L40S',
  busId: '00000000:AB:00.0',
  migEnabled: false,
  xidsWatched: false,
  figures: {},
};

function readOne(figures: RawDevice['figures']): { device: Readonly<Record<string, unknown>>; rejected: number } {
  const reader = new DeviceReader();
  return { device: { ...reader.read({ ...healthy, figures }) }, rejected: reader.rejectedValues.length };
}

describe('DeviceReader', () => {
  it('keeps what can be true in its bounds, throws the rest away, and counts it: nothing is lost uncounted', () => {
    const figures = fc.dictionary(
      fc.constantFrom(...scales.keys()),
      fc.oneof(fc.double(), fc.integer({ min: 0, max: 100 })),
    );
    fc.assert(
      fc.property(figures, (raw) => {
        const { device, rejected } = readOne(raw);
        const kept = [...scales.keys()].filter((field) => field in device);
        expect(kept.length + rejected).toBe(Object.keys(raw).length);
        for (const field of kept) {
          expect(device[field]).toSatisfy((value: number) => Number.isFinite(value) && value >= -100);
          if (field.endsWith('Ratio')) expect(device[field]).toSatisfy((value: number) => value >= 0 && value <= 1);
        }
      }),
    );
  });

  it.each([
    [{ utilizationRatio: 29 }, { utilizationRatio: 0.29 }, 0],
    [{ utilizationRatio: 400 }, {}, 1],
    [{ memoryUsedBytes: 11, memoryTotalBytes: 10 }, { memoryTotalBytes: 10 }, 1],
    [{ temperatureCelsius: 0 }, { temperatureCelsius: 0 }, 0],
    [{ aFigureThatNobodyKnows: 1 }, {}, 1],
  ])('reads %j as %j and throws %i away', (raw: Record<string, number>, told, rejected) => {
    const { device, rejected: counted } = readOne(raw);
    expect(Object.fromEntries(Object.entries(device).filter(([name]) => name in raw))).toEqual(told);
    expect(counted).toBe(rejected);
  });

  it.each(['', 'MIG-0f0f', 'GPU-', 'GPU-zz0f0f0f-1111'])('believes nothing about a GPU whose UUID is "%s"', (uuid) => {
    expect(new DeviceReader().read({ ...healthy, uuid })).toBeUndefined();
  });

  it('believes no process that uses more than there is', () => {
    const reader = new DeviceReader();
    const device = reader.read({ ...healthy, figures: { memoryTotalBytes: 100 }, processes: [[1, 101], [2, 100]], busy: [[1, 101]] }); // prettier-ignore
    expect(device?.processes).toEqual([{ pid: 1 }, { pid: 2, memoryUsedBytes: 100, smUtilizationRatio: 0 }]);
    expect(reader.rejectedValues).toEqual([
      { field: 'processMemoryUsedBytes', reason: 'more-than-total' },
      { field: 'processSmUtilizationRatio', reason: 'out-of-range' },
    ]);
  });

  it('takes a little more than all of what is counted for all', () => {
    expect(readOne({ smActiveRatio: 100.4 }).device['smActiveRatio']).toBe(1);
    expect(readOne({ smActiveRatio: 120 })).toMatchObject({ rejected: 1 });
    expect(readOne({ utilizationRatio: 100.4 })).toMatchObject({ rejected: 1 });
  });

  it('writes bus IDs in lower case', () => {
    expect(readOne({}).device['pciBusId']).toBe('00000000:ab:00.0');
  });
});

describe('parseMessage', () => {
  it('reads what the child says', () => {
    expect(parseMessage('{"kind":"loaded"}')).toEqual({ kind: 'loaded' });
  });

  it('takes nothing else for a message, whatever a library prints', () => {
    fc.assert(fc.property(fc.string(), (text) => parseMessage(text) === undefined));
    expect(parseMessage('{"kind":"sample"')).toBeUndefined();
  });

  it('refuses a sample of another shape, and reads one with any values without throwing', () => {
    const slice = { uuid: 'MIG-0f0f0f0f-1111', name: 'x MIG 1g.10gb', gpuInstanceId: 1, computeInstanceId: 0, placement: { profileId: 19, start: 0 }, figures: { memoryTotalBytes: 5 }, processes: [[1, 2]] }; // prettier-ignore
    const full = { ...healthy, minorNumber: 1, clockEvents: 4, figures: { utilizationRatio: 5 }, processes: [[1, null]], busy: [[1, 5]], slices: [slice], vgpuLicence: 'there' }; // prettier-ignore
    const change = fc.record({ key: fc.constantFrom(...Object.keys(full)), value: fc.jsonValue() });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 3 }), (changes) => {
        const device = { ...full, ...Object.fromEntries(changes.map(({ key, value }) => [key, value])) };
        const message = parseMessage(JSON.stringify({ kind: 'sample', devices: [device], lost: [], xids: [] }));
        if (message?.kind !== 'sample') return;
        const reader = new DeviceReader();
        for (const raw of message.devices) {
          const { utilizationRatio = 0, processes = [] } = reader.read(raw) ?? {};
          expect(utilizationRatio).toSatisfy((ratio: number) => ratio >= 0 && ratio <= 1);
          for (const { memoryUsedBytes = 0 } of processes) expect(memoryUsedBytes).toBeGreaterThanOrEqual(0);
        }
      }),
    );
    const odd = { ...full, vgpuLicence: 'perhaps' };
    expect(parseMessage(JSON.stringify({ kind: 'sample', devices: [odd], lost: [], xids: [] }))).toBeUndefined();
    const lost = { ...full, slices: [{ ...slice, placement: { profileId: 19 } }] };
    expect(parseMessage(JSON.stringify({ kind: 'sample', devices: [lost], lost: [], xids: [] }))).toBeUndefined();
    expect(parseMessage('{"kind":"sample","devices":[{}],"lost":[],"xids":[]}')).toBeUndefined();
    expect(parseMessage('{"kind":"sample","devices":{},"lost":[],"xids":[]}')).toBeUndefined();
  });
});
