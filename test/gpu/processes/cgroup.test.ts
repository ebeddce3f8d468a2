import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCgroup } from '../../../src/gpu/processes/cgroup.ts';

const podUid = '8a7b6c5d-0123-4567-89ab-cdef01234567';
const slice = podUid.replaceAll('-', '_');
const staticUid = '0123456789abcdef0123456789abcdef';
const id = 'c0ffee00'.repeat(8);
const other = 'deadbeef'.repeat(8);
const inContainer = { kind: 'pod', podUid, containerId: id };

describe('parseCgroup', () => {
  it.each([
    ['v2, systemd, containerd', `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${slice}.slice/cri-containerd-${id}.scope`, inContainer], // prettier-ignore
    [
      'v2, systemd, guaranteed',
      `0::/kubepods.slice/kubepods-pod${slice}.slice/cri-containerd-${id}.scope`,
      inContainer,
    ],
    ['v2, systemd, CRI-O', `0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${slice}.slice/crio-${id}.scope`, inContainer], // prettier-ignore
    ['v2, systemd, CRI-O with a group below', `0::/kubepods.slice/kubepods-pod${slice}.slice/crio-${id}.scope/container`, inContainer], // prettier-ignore
    ['v2, systemd, docker', `0::/kubepods.slice/kubepods-pod${slice}.slice/docker-${id}.scope`, inContainer],
    ['v2, systemd, podman', `0::/kubepods.slice/kubepods-pod${slice}.slice/libpod-${id}.scope`, inContainer],
    ['v2, cgroupfs, guaranteed', `0::/kubepods/pod${podUid}/${id}`, inContainer],
    ['v2, cgroupfs, burstable', `0::/kubepods/burstable/pod${podUid}/${id}`, inContainer],
    ['v2, cgroupfs, CRI-O', `0::/kubepods/besteffort/pod${podUid}/crio-${id}`, inContainer],
    ['containerd without the systemd driver', `0::/system.slice/containerd.service/kubepods-burstable-pod${slice}.slice:cri-containerd:${id}`, inContainer], // prettier-ignore
    ['kind, the innermost pod', `0::/system.slice/docker-${other}.scope/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/kubelet-kubepods-besteffort-pod${slice}.slice/cri-containerd-${id}.scope`, inContainer], // prettier-ignore
    ['a node in a pod, the innermost pod', `0::/kubepods/pod11111111-2222-3333-4444-555555555555/${other}/kubelet/kubepods/pod${podUid}/${id}`, inContainer], // prettier-ignore
    ['a static pod, systemd', `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${staticUid}.slice/cri-containerd-${id}.scope`, { ...inContainer, podUid: staticUid }], // prettier-ignore
    ['a static pod, cgroupfs', `0::/kubepods/burstable/pod${staticUid}/${id}`, { ...inContainer, podUid: staticUid }],
    ['seen from a cgroup namespace', `0::/../../kubepods-burstable-pod${slice}.slice/cri-containerd-${id}.scope`, inContainer], // prettier-ignore
    ['a process in the pod group itself', `0::/kubepods/pod${podUid}`, { kind: 'pod', podUid }],
    ['a pod group with a sandbox below', `0::/kubepods.slice/kubepods-pod${slice}.slice/kata_overhead`, { kind: 'pod', podUid }], // prettier-ignore
    ['a group that was taken away', `0::/kubepods/pod${podUid} (deleted)`, { kind: 'pod', podUid }],
    ['a container that was taken away', `0::/kubepods.slice/kubepods-pod${slice}.slice/cri-containerd-${id}.scope (deleted)`, inContainer], // prettier-ignore
    ['a service of the host', '0::/system.slice/nvidia-persistenced.service', { kind: 'host' }],
    ['a container of no kubelet', `0::/system.slice/docker-${id}.scope`, { kind: 'host' }],
    ['a conmon beside the pod', `0::/system.slice/crio-conmon-${id}.scope`, { kind: 'host' }],
    ['the root of its own namespace', '0::/', { kind: 'unknown' }],
    ['an empty file', '', { kind: 'unknown' }],
    ['no cgroup file', 'hello\nworld', { kind: 'unknown' }],
    ['an uid that is cut', `0::/kubepods/pod${podUid.slice(0, -1)}/${id}`, { kind: 'host' }],
  ])('%s', (_, text, place) => {
    expect(parseCgroup(`${text}\n`)).toEqual(place);
  });

  it('reads version 1, whichever of its lines names the pod', () => {
    const path = `/kubepods/burstable/pod${podUid}/${id}`;
    const v1 = [`12:memory:${path}`, `11:cpu,cpuacct:${path}`, '10:rdma:/', `1:name=systemd:${path}`, '0::/'];
    expect(parseCgroup(v1.join('\n'))).toEqual(inContainer);
    const systemd = `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${slice}.slice/crio-${id}.scope`;
    const controllers = ['memory', 'cpu,cpuacct', 'pids', 'devices', 'name=systemd'];
    for (const controller of controllers) {
      const rows = controllers.map((name, at) => `${12 - at}:${name}:${name === controller ? systemd : '/'}`);
      expect(parseCgroup(rows.join('\n'))).toEqual(inContainer);
    }
    expect(parseCgroup(['10:rdma:/', '2:cpuset:/', v1[0]].join('\n'))).toEqual(inContainer);
    expect(parseCgroup('12:memory:/user.slice\n0::/\n')).toEqual({ kind: 'host' });
  });

  it('finds any pod and container again, however they are written', () => {
    const hex = (length: number): fc.Arbitrary<string> => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
    const cases = fc.record({
      uid: fc.oneof(fc.uuid(), hex(32)),
      id: hex(64),
      level: fc.constantFrom('', 'burstable', 'besteffort'),
      runtime: fc.constantFrom('cri-containerd', 'crio', 'docker'),
      systemd: fc.boolean(),
    });
    fc.assert(
      fc.property(cases, (one) => {
        const group = ['kubepods', one.level].filter((part) => part !== '');
        const path = one.systemd
          ? `${group.join('-')}-pod${one.uid.replaceAll('-', '_')}.slice/${one.runtime}-${one.id}.scope`
          : `${group.join('/')}/pod${one.uid}/${one.id}`;
        expect(parseCgroup(`0::/${path}\n`)).toEqual({ kind: 'pod', podUid: one.uid, containerId: one.id });
      }),
    );
  });

  it('never throws, and never makes a pod of what names none', () => {
    fc.assert(fc.property(fc.string().filter((text) => !text.includes('pod')), (text) => parseCgroup(text).kind !== 'pod')); // prettier-ignore
    fc.assert(fc.property(fc.string(), (text) => ['pod', 'host', 'unknown'].includes(parseCgroup(`0::/${text}`).kind)));
  });
});
