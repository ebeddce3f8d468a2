import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseList } from '../../../../src/gpu/nvidia-smi/report/list.ts';

const gpu = 'GPU-33333333-aaaa-bbbb-cccc-000000000001';
const slice = 'MIG-44444444-aaaa-bbbb-cccc-000000000001';

describe('parseList', () => {
  it('reads the slices of each GPU, new form and old', () => {
    const text = [
      `GPU 0: NVIDIA A100-SXM4-40GB (UUID: ${gpu})`,
      `  MIG 3g.20gb     Device  0: (UUID: ${slice})`,
      `  MIG 1g.5gb+me   Device  1: (UUID: MIG-${gpu}/9/0)`,
      'GPU 1: A (odd) name (UUID: GPU-33333333-aaaa-bbbb-cccc-000000000002)',
      `  MIG 1c.3g.40gb  Device 12: (UUID: ${slice.toLowerCase()})`.replace('mig-', 'MIG-'),
      'GPU 2: Unable to determine the device handle for GPU0000:CB:00.0: Unknown Error',
      '',
    ].join('\r\n');
    expect(parseList(text)).toEqual([
      { uuid: slice, gpuUuid: gpu, index: 0, profile: '3g.20gb' },
      { uuid: `MIG-${gpu}/9/0`, gpuUuid: gpu, index: 1, profile: '1g.5gb+me' },
      { uuid: slice, gpuUuid: 'GPU-33333333-aaaa-bbbb-cccc-000000000002', index: 12, profile: '1c.3g.40gb' },
    ]);
  });

  it('makes nothing of slices without a GPU, nor of other texts', () => {
    expect(parseList(`  MIG 3g.20gb     Device  0: (UUID: ${slice})`)).toEqual([]);
    expect(parseList('No devices found.')).toEqual([]);
    fc.assert(fc.property(fc.string(), (text) => parseList(text).every(({ uuid }) => uuid.startsWith('MIG-'))));
  });
});
