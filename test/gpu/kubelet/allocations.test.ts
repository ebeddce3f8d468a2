import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAllocations } from '../../../src/gpu/kubelet/allocations.ts';

type Response = Parameters<typeof readAllocations>[0];
type Container = Response['podResources'][number]['containers'][number];

function response(...containers: Partial<Container>[]): Response {
  const full = containers.map((container, index) => ({
    name: `c${index}`,
    devices: [],
    dynamicResources: [],
    ...container,
  }));
  return { podResources: [{ name: 'pod', namespace: 'ns', containers: full }] };
}

function claim(driverName: string, deviceName: string): Container['dynamicResources'][number] {
  return {
    claimName: 'gpu',
    claimNamespace: 'ns',
    claimResources: [{ cdiDevices: [], driverName, poolName: 'node-a', deviceName }],
  };
}

describe('readAllocations', () => {
  it('merges the entries of one resource, container by container', () => {
    const devices = [
      { resourceName: 'nvidia.com/gpu', deviceIds: ['GPU-1'] },
      { resourceName: 'rdma/hca', deviceIds: ['mlx5_0'] },
      { resourceName: 'nvidia.com/gpu', deviceIds: ['GPU-2', 'GPU-1'] },
    ];
    const read = readAllocations(
      response({ devices }, { devices: [{ resourceName: 'nvidia.com/gpu', deviceIds: ['GPU-3'] }] }),
    );
    expect(read.map(({ container, resource, deviceIds }) => [container, resource, deviceIds])).toEqual([
      ['c0', 'nvidia.com/gpu', ['GPU-1', 'GPU-2']],
      ['c0', 'rdma/hca', ['mlx5_0']],
      ['c1', 'nvidia.com/gpu', ['GPU-3']],
    ]);
  });

  it('reads the claims of NVIDIA for dynamic resource allocation, and no others', () => {
    const dynamicResources = [claim('gpu.nvidia.com', 'gpu-3'), claim('compute-domain.nvidia.com', 'channel-0')];
    expect(readAllocations(response({ dynamicResources }))).toMatchObject([
      { resource: 'gpu.nvidia.com', deviceIds: ['gpu-3'] },
    ]);
  });

  it('has nothing to say of pods without devices', () => {
    expect(readAllocations(response({}, { devices: [{ resourceName: 'nvidia.com/gpu', deviceIds: [] }] }))).toEqual([]);
    expect(readAllocations({ podResources: [] })).toEqual([]);
  });

  it('keeps every device, and each once for its container and resource', () => {
    const entry = fc.record({
      resourceName: fc.constantFrom('a', 'b'),
      deviceIds: fc.array(fc.constantFrom('1', '2', '3')),
    });
    fc.assert(
      fc.property(fc.array(entry), (devices) => {
        const read = readAllocations(response({ devices }));
        for (const resource of ['a', 'b']) {
          const wanted = new Set(devices.filter((d) => d.resourceName === resource).flatMap((d) => d.deviceIds));
          expect(read.find((allocation) => allocation.resource === resource)?.deviceIds ?? []).toEqual([...wanted]);
        }
      }),
    );
  });
});
