import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDeviceId } from '../../src/gpu/device-id.ts';

const uuid = 'GPU-8a7b6c5d-0123-4567-89ab-cdef01234567';
const mig = 'MIG-41b3359c-e721-56e5-8009-12e5797ed514';
const byUuid = { by: 'uuid', uuid };
const minor = (minorNumber: number): object => ({ by: 'minor', minorNumber });
const byPlace = (minorNumber: number, profile: string, profileId: number, start: number): object => ({
  by: 'place',
  gpu: minor(minorNumber),
  profile,
  placement: { profileId, start },
});
const bySliceUuid = { by: 'uuid', uuid: mig };

describe('parseDeviceId', () => {
  it.each([
    [uuid, { kind: 'gpu', gpu: byUuid, shared: false }],
    [uuid.toUpperCase(), { kind: 'gpu', gpu: byUuid, shared: false }],
    [`${uuid}::0`, { kind: 'gpu', gpu: byUuid, shared: true }],
    [`${uuid}::17`, { kind: 'gpu', gpu: byUuid, shared: true }],
    [mig, { kind: 'slice', slice: bySliceUuid, shared: false }],
    [mig.toUpperCase(), { kind: 'slice', slice: bySliceUuid, shared: false }],
    [`${mig}::3`, { kind: 'slice', slice: bySliceUuid, shared: true }],
    [
      `MIG-${uuid}/5/0`,
      { kind: 'slice', slice: { by: 'instance', gpu: byUuid, gpuInstanceId: 5, computeInstanceId: 0 }, shared: false },
    ],
    [
      `MIG-${uuid}/5/1::2`,
      { kind: 'slice', slice: { by: 'instance', gpu: byUuid, gpuInstanceId: 5, computeInstanceId: 1 }, shared: true },
    ],
    ['nvidia0', { kind: 'gpu', gpu: minor(0), shared: false }],
    ['nvidia12', { kind: 'gpu', gpu: minor(12), shared: false }],
    ['nvidia3/vgpu1', { kind: 'gpu', gpu: minor(3), shared: true }],
    ['nvidia3/gi1', { kind: 'slice', slice: { by: 'instance', gpu: minor(3), gpuInstanceId: 1 }, shared: false }],
    ['nvidia3/gi0/vgpu1', { kind: 'slice', slice: { by: 'instance', gpu: minor(3), gpuInstanceId: 0 }, shared: true }],
    ['gpu-2', { kind: 'gpu', gpu: minor(2), shared: false }],
    ['gpu-2-mig-1g10gb-19-4', { kind: 'slice', slice: byPlace(2, '1g10gb', 19, 4), shared: false }],
    ['gpu-0-mig-1g10gb-me-20-0', { kind: 'slice', slice: byPlace(0, '1g10gb-me', 20, 0), shared: false }],
    ['gpu-0-mig-1c-3g40gb-9-4', { kind: 'slice', slice: byPlace(0, '1c-3g40gb', 9, 4), shared: false }],
  ])('%s', (text, id) => {
    expect(parseDeviceId(text)).toEqual(id);
  });

  it.each([
    '',
    'GPU-',
    'MIG-1',
    `${uuid}-0`,
    `${uuid}::`,
    `MIG-${uuid}/5`,
    '0000:3b:00.0',
    'nvidia',
    'nvidia0/gi',
    'gpu-vfio-0',
    'gpu-0-mig-19-0',
    'gpu-0-mig-1g.10gb-19-0',
    'gpu-0-mig-1g10gb-19',
    'rdma0',
    `x${uuid}`,
  ])('knows nothing of %j', (text) => {
    expect(parseDeviceId(text)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => ['gpu', 'slice', undefined].includes(parseDeviceId(text)?.kind)));
  });
});
