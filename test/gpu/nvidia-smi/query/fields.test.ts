import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseFields, parseHeader, parseHelpQuery } from '../../../../src/gpu/nvidia-smi/query/fields.ts';

const help = (driver: string): string => readFileSync(`test/captures/help-query-gpu-${driver}.txt`, 'utf8');

describe('parseHelpQuery', () => {
  it('finds every name at the start of a line, aliases too, and none in the prose', () => {
    const names = parseHelpQuery(help('590'));
    expect(names).toContain('uuid');
    expect(names).toContain('gpu_uuid');
    expect(names).toContain('clocks.mem');
    expect(names).not.toContain('quotes');
    expect(names).not.toContain('--query-gpu');
  });

  it('reads any text without throwing', () => {
    fc.assert(fc.property(fc.string(), (text) => parseHelpQuery(text).size >= 0));
  });
});

describe('chooseFields', () => {
  it('asks a new driver for each field once, and for every source of the power', () => {
    const { query, unknown, lacking } = chooseFields(parseHelpQuery(help('590')));
    expect(query).toEqual(
      'index,uuid,count,driver_version,name,pci.bus_id,mig.mode.current,utilization.gpu,utilization.memory,utilization.encoder,utilization.decoder,memory.used,memory.total,memory.reserved,temperature.gpu,temperature.memory,power.draw,power.draw.instant,enforced.power.limit,power.limit,clocks.current.graphics,clocks.current.sm,clocks.current.memory,clocks.current.video,clocks_event_reasons.active,pcie.link.gen.current,pcie.link.width.current,ecc.errors.corrected.aggregate.total,ecc.errors.uncorrected.aggregate.total,retired_pages.single_bit_ecc.count,retired_pages.double_bit.count,retired_pages.pending,remapped_rows.correctable,remapped_rows.uncorrectable,remapped_rows.pending,remapped_rows.failure'.split(','), // prettier-ignore
    );
    expect(unknown).toEqual([]);
    expect(lacking).toEqual([]);
  });

  it('asks an old driver by its old names, and leaves out what it does not know', () => {
    const { query, unknown, lacking } = chooseFields(parseHelpQuery(help('418')));
    expect(query).toContain('clocks.sm');
    expect(query).not.toContain('clocks.current.sm');
    expect(query).not.toContain('memory.reserved');
    expect(query).toContain('clocks_throttle_reasons.active');
    expect(unknown).toEqual(expect.arrayContaining(['migMode', 'encoderUtilizationRatio', 'memoryReservedBytes', 'rowRemapPending'])); // prettier-ignore
    expect(unknown).not.toContain('clockEvents');
    expect(lacking).toEqual([]);
  });

  it('says what can not be done without', () => {
    expect(chooseFields(new Set(['uuid', 'utilization.gpu'])).lacking).toEqual(['index', 'count']);
  });
});

describe('parseHeader', () => {
  it('finds columns by name, whatever their order, alias and unit', () => {
    const columns = parseHeader('memory.used [MiB], gpu_uuid, index, count, clocks.sm [MHz]');
    expect(columns?.width).toBe(5);
    expect(columns?.positions.get('memoryUsedBytes')).toEqual([0]);
    expect(columns?.positions.get('uuid')).toEqual([1]);
    expect(columns?.positions.get('smClockHertz')).toEqual([4]);
    expect(columns?.positions.get('utilizationRatio')).toEqual([]);
  });

  it.each([
    '',
    'No devices were found',
    'Failed to initialize NVML: Driver/library version mismatch',
    '0, GPU-1, 8',
    'uuid, index',
  ])('takes %j for no header', (line) => {
    expect(parseHeader(line)).toBeUndefined();
  });

  it('never places a field outside of the line, and never throws', () => {
    const cell = fc.oneof(fc.constantFrom('index', 'uuid', 'count', 'power.draw', 'memory.used [MiB]'), fc.string());
    fc.assert(
      fc.property(fc.array(cell), (cells) => {
        const { width, positions } = parseHeader(cells.join(', ')) ?? {
          width: 1,
          positions: new Map<string, number[]>(),
        };
        for (const at of [...positions.values()].flat()) expect(at).toBeLessThan(width);
      }),
    );
  });
});
