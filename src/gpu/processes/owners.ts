import type { ProcessOwner } from './owner.ts';
import { PodLogs } from './pod-logs.ts';
import { ProcTree } from './proc-tree.ts';

interface Settings {
  /** `/proc` of the host: the driver numbers processes as the host does. */
  readonly procRoot: string;
  readonly podLogsPath: string;
}

/** Tells whose a process is: from its cgroup the pod's UID, from the kubelet's log folders the pod of that UID. */
export class ProcessOwners {
  readonly #tree: ProcTree;
  readonly #pods: PodLogs;

  constructor(settings: Settings) {
    this.#tree = new ProcTree(settings.procRoot);
    this.#pods = new PodLogs(settings.podLogsPath);
  }

  /** Learns the node's pods ahead; those that come later are learned when a process of theirs is asked for. Never rejects. */
  start(): Promise<void> {
    return this.#pods.refresh();
  }

  /** The owner as far as it is known now. What is not known yet is looked for, and may be known at the next sample. */
  ownerOf(pid: number): ProcessOwner {
    const place = this.#tree.placeOf(pid);
    switch (place.kind) {
      case 'pod':
        return this.#podOf(place.podUid);
      case 'unseen':
        return { kind: 'unknown', why: `no process ${pid} under --proc-root: is it the host's?` };
      case 'unknown':
        return { kind: 'unknown', why: `the cgroup of process ${pid} does not tell where it runs` };
      case 'host':
      case 'gone':
        return { kind: place.kind };
    }
  }

  #podOf(uid: string): ProcessOwner {
    const name = this.#pods.nameOf(uid);
    if (name) return { kind: 'pod', ...name };
    void this.#pods.refresh();
    return { kind: 'unknown', why: this.#pods.trouble ?? `no folder under --pod-logs-path is of pod ${uid}` };
  }
}
