import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { ProcessOwners } from '../../../src/gpu/processes/owners.ts';
import { ProcTree } from '../../../src/gpu/processes/proc-tree.ts';
import { containerCgroup, fakeNode } from '../../support/fake-node.ts';

const uid = '8a7b6c5d-0123-4567-89ab-cdef01234567';
const llama = { kind: 'pod', namespace: 'inference', pod: 'llama-0' };

describe('ProcessOwners', () => {
  it('tells the pod of a process, and which processes are of none', async (test) => {
    const node = fakeNode(test);
    node.pod('inference', 'llama-0', uid);
    node.run(17, containerCgroup(uid));
    node.run(18, '/system.slice/nvidia-persistenced.service');
    const owners = new ProcessOwners(node);
    await owners.start();
    expect(owners.ownerOf(17)).toEqual(llama);
    expect(owners.ownerOf(18)).toEqual({ kind: 'host' });
  });

  it('learns of a pod that came later', async (test) => {
    const node = fakeNode(test);
    const owners = new ProcessOwners(node);
    await owners.start();
    node.pod('inference', 'llama-0', uid);
    node.run(17, containerCgroup(uid));
    expect(owners.ownerOf(17)).toEqual({ kind: 'unknown', why: `no folder under --pod-logs-path is of pod ${uid}` });
    await vi.waitFor(() => expect(owners.ownerOf(17)).toEqual(llama));
  });

  it('tells a process that ended from one that it never saw', async (test) => {
    const node = fakeNode(test);
    node.pod('inference', 'llama-0', uid);
    node.run(17, containerCgroup(uid));
    const owners = new ProcessOwners(node);
    await owners.start();
    owners.ownerOf(17);
    node.end(17);
    expect(owners.ownerOf(17)).toEqual({ kind: 'gone' });
    expect(owners.ownerOf(99)).toEqual({ kind: 'unknown', why: "no process 99 under --proc-root: is it the host's?" });
  });

  it('does not take a later process of the same number for the one before', async (test) => {
    const node = fakeNode(test);
    node.pod('inference', 'llama-0', uid);
    node.run(17, containerCgroup(uid), 1_000);
    const owners = new ProcessOwners(node);
    await owners.start();
    expect(owners.ownerOf(17)).toEqual(llama);
    node.run(17, '/system.slice/sshd.service', 2_000);
    expect(owners.ownerOf(17)).toEqual({ kind: 'host' });
  });

  it('does not believe its own view of the root, nor a file that is no cgroup file', async (test) => {
    const node = fakeNode(test);
    node.run(17, '/');
    const owners = new ProcessOwners(node);
    await owners.start();
    const unknown = { kind: 'unknown', why: 'the cgroup of process 17 does not tell where it runs' };
    expect(owners.ownerOf(17)).toEqual(unknown);
    writeFileSync(join(node.procRoot, '17', 'cgroup'), '\0'.repeat(100_000));
    expect(owners.ownerOf(17)).toEqual(unknown);
    node.run(17, '/system.slice/sshd.service');
    expect(owners.ownerOf(17)).toEqual({ kind: 'host' });
  });

  it('says that the log folders can not be listed', async (test) => {
    const node = fakeNode(test);
    node.run(17, containerCgroup(uid));
    const owners = new ProcessOwners({ ...node, podLogsPath: join(node.podLogsPath, 'none') });
    await owners.start();
    expect(JSON.stringify(owners.ownerOf(17))).toContain("the pods' log folders can't be listed: ENOENT");
  });
});

describe('ProcTree', () => {
  it('reads the cgroup of a process once, and only of processes that it is asked for', (test) => {
    const node = fakeNode(test);
    for (let pid = 1; pid <= 200; pid += 1) node.run(pid, containerCgroup(uid));
    const tree = new ProcTree(node.procRoot);
    const place = { kind: 'pod', podUid: uid, containerId: 'ab'.repeat(32) };
    expect(tree.placeOf(17)).toEqual(place);
    for (let pid = 1; pid <= 200; pid += 1) rmSync(join(node.procRoot, String(pid), 'cgroup'));
    expect(tree.placeOf(17)).toEqual(place);
    expect(tree.placeOf(18)).toEqual({ kind: 'unknown' });
  });

  it('makes something of whatever stands in the files, and never throws', (test) => {
    const node = fakeNode(test);
    const folder = join(node.procRoot, '17');
    node.run(17, '/');
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string().map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(bytes, bytes, fc.boolean(), (stat, cgroup, isWhole) => {
        writeFileSync(join(folder, 'stat'), isWhole ? `17 (x) S ${'0 '.repeat(18)}1 0` : stat);
        writeFileSync(join(folder, 'cgroup'), cgroup);
        const { kind } = new ProcTree(node.procRoot).placeOf(17);
        expect(kind).toBeOneOf(isWhole ? ['pod', 'host', 'unknown'] : ['pod', 'host', 'unknown', 'unseen']);
      }),
    );
  });

  it('knows where this very test runs', () => {
    expect(['pod', 'host', 'unknown']).toContain(new ProcTree('/proc').placeOf(process.pid).kind);
    expect(new ProcTree('/proc').placeOf(2 ** 30)).toEqual({ kind: 'unseen' });
  });
});
