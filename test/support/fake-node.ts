import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A host's /proc and /var/log/pods, in a folder of their own that goes with the test. */
export interface FakeNode {
  readonly procRoot: string;
  readonly podLogsPath: string;
  /** Makes a process, or replaces it by another of the same number. */
  run(pid: number, cgroup: string, startTime?: number): void;
  end(pid: number): void;
  /** Makes a pod's log folder. */
  pod(namespace: string, name: string, uid: string): void;
}

export function fakeNode(test: { onTestFinished(call: () => void): void }): FakeNode {
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-node-'));
  test.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [procRoot, podLogsPath] = [join(folder, 'proc'), join(folder, 'pods')];
  mkdirSync(procRoot);
  mkdirSync(podLogsPath);
  return {
    procRoot,
    podLogsPath,
    run(pid, cgroup, startTime = 1_000) {
      const path = join(procRoot, String(pid));
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, 'cgroup'), `0::${cgroup}\n`);
      writeFileSync(join(path, 'stat'), `${pid} (python3 (vllm) x) S 1 ${'0 '.repeat(17)}${startTime} 0 0\n`);
    },
    // At once, as the kernel does.
    end: (pid) => renameSync(join(procRoot, String(pid)), join(folder, `ended-${pid}-${Math.random()}`)),
    pod: (namespace, name, uid) =>
      mkdirSync(join(podLogsPath, `${namespace}_${name}_${uid}`, 'main'), { recursive: true }),
  };
}

/** The cgroup of a container of the pod, as containerd names it under systemd. */
export function containerCgroup(podUid: string, containerId = 'ab'.repeat(32)): string {
  return `/kubepods.slice/kubepods-pod${podUid.replaceAll('-', '_')}.slice/cri-containerd-${containerId}.scope`;
}
