import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readResourceSlices } from '../../../src/gpu/claims/resource-slices.ts';

const uuid = (digit: number): string => `GPU-00000000-0000-0000-0000-00000000000${digit}`;

interface SliceParts {
  readonly driver?: string;
  readonly pool?: string;
  readonly generation?: number;
  readonly devices: readonly object[];
}

function list(...slices: SliceParts[]): string {
  const items = slices.map(({ driver = 'gpu.nvidia.com', pool = 'node-a', generation = 1, devices }) => ({
    spec: { driver, nodeName: 'node-a', pool: { name: pool, generation, resourceSliceCount: 1 }, devices },
  }));
  return JSON.stringify({ kind: 'ResourceSliceList', items });
}

const device = (name: string, value: string, attribute = 'uuid'): object => ({ name, attributes: { type: { string: 'gpu' }, [attribute]: { string: value } } }); // prettier-ignore

describe('readResourceSlices', () => {
  it('reads GPUs and slices, in the form of v1 and v1beta2 and in that of v1beta1', () => {
    const text = list(
      { devices: [device('gpu-0', uuid(0)), device('gpu-0-mig-1g10gb-19-0', 'MIG-1', 'gpu.nvidia.com/uuid')] },
      { devices: [{ name: 'gpu-1', basic: { attributes: { uuid: { string: uuid(1) } } } }] },
    );
    expect([...readResourceSlices(text)!]).toEqual([
      ['gpu-0', uuid(0)],
      ['gpu-0-mig-1g10gb-19-0', 'MIG-1'],
      ['gpu-1', uuid(1)],
    ]);
  });

  it('takes the newest generation of each pool, and no slices of other drivers', () => {
    const text = list(
      { generation: 3, devices: [device('gpu-0', uuid(3))] },
      { generation: 12, devices: [device('gpu-0', uuid(4))] },
      { generation: 1, pool: 'other', devices: [device('gpu-9', uuid(9))] },
      { driver: 'compute-domain.nvidia.com', devices: [device('channel-0', uuid(5))] },
    );
    expect(Object.fromEntries(readResourceSlices(text)!)).toEqual({ 'gpu-0': uuid(4), 'gpu-9': uuid(9) });
  });

  it('leaves out a name that stands for two devices, and devices without a UUID', () => {
    const text = list(
      { pool: 'a', devices: [device('gpu-0', uuid(0)), device('gpu-1', uuid(1)), { name: 'gpu-vfio-0' }] },
      { pool: 'b', devices: [device('gpu-0', uuid(7)), device('gpu-1', uuid(1)), device('odd', 'something')] },
    );
    expect(Object.fromEntries(readResourceSlices(text)!)).toEqual({ 'gpu-1': uuid(1) });
  });

  it('makes nothing of other texts and shapes, and never throws', () => {
    expect(readResourceSlices('')).toBeUndefined();
    expect(readResourceSlices('{"kind":"Status","code":403}')).toBeUndefined();
    expect(readResourceSlices('{"items":[{},{"spec":null},{"spec":{"driver":"gpu.nvidia.com","pool":{"name":"a"},"devices":{}}}]}')?.size).toBe(0); // prettier-ignore
    fc.assert(fc.property(fc.json(), (text) => (readResourceSlices(text)?.size ?? 0) >= 0));
    const odd = fc.record({ spec: fc.record({ driver: fc.constant('gpu.nvidia.com'), pool: fc.jsonValue(), devices: fc.array(fc.jsonValue()) }) }); // prettier-ignore
    fc.assert(fc.property(fc.array(odd), (items) => readResourceSlices(JSON.stringify({ items })) !== undefined));
  });
});
