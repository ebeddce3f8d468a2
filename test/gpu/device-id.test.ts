import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDeviceId } from '../../src/gpu/device-id.ts';

const uuid = 'GPU-8a7b6c5d-0123-4567-89ab-cdef01234567';
const byUuid = { by: 'uuid', uuid };
const minor = (minorNumber: number): object => ({ by: 'minor', minorNumber });

describe('parseDeviceId', () => {
  it.each([
    [uuid, { kind: 'whole', gpu: byUuid }],
    [uuid.toUpperCase(), { kind: 'whole', gpu: byUuid }],
    [`${uuid}::0`, { kind: 'shared', gpu: byUuid }],
    [`${uuid}::17`, { kind: 'shared', gpu: byUuid }],
    ['MIG-41b3359c-e721-56e5-8009-12e5797ed514', { kind: 'mig' }],
    ['MIG-41b3359c-e721-56e5-8009-12e5797ed514::3', { kind: 'shared' }],
    [`MIG-${uuid}/5/0`, { kind: 'mig', gpu: byUuid }],
    ['nvidia0', { kind: 'whole', gpu: minor(0) }],
    ['nvidia12', { kind: 'whole', gpu: minor(12) }],
    ['nvidia3/gi1', { kind: 'mig', gpu: minor(3) }],
    ['nvidia3/vgpu1', { kind: 'shared', gpu: minor(3) }],
    ['nvidia3/gi0/vgpu1', { kind: 'shared', gpu: minor(3) }],
    ['gpu-2', { kind: 'whole', gpu: minor(2) }],
    ['gpu-2-mig-1g10gb-19-4', { kind: 'mig', gpu: minor(2) }],
  ])('%s', (text, id) => {
    expect(parseDeviceId(text)).toEqual(id);
  });

  it.each([
    '',
    'GPU-',
    `${uuid}-0`,
    `${uuid}::`,
    '0000:3b:00.0',
    'nvidia',
    'nvidia0/gi',
    'gpu-vfio-0',
    'rdma0',
    `x${uuid}`,
  ])('knows nothing of %j', (text) => {
    expect(parseDeviceId(text)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => ['whole', 'shared', 'mig', undefined].includes(parseDeviceId(text)?.kind)),
    );
  });
});
