import { KubeHttp } from './kube-http.ts';

const pollMs = 300;
/** How long a pod takes from running to ready. */
const startMs = 2_000;
const node = 'stand-in';

/** What is looked at of a pod. */
interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
  };
  readonly spec: { readonly nodeName?: string; readonly containers: readonly { name: string; image: string }[] };
  readonly status: { readonly podIP?: string; readonly conditions?: readonly { type: string; status: string }[] };
}

/**
 * Plays scheduler and kubelet where there are none: a pod gets the node `stand-in` and an address of its own on the loopback at
 * once, is ready two seconds later, and is gone as soon as it is told to stop. Nothing runs in it.
 */
export class StandInKubelet {
  readonly #api: KubeHttp;
  readonly #runningSinceMs = new Map<string, number>();
  #lastAddress = 1;
  #isStopped = false;
  readonly #ended: Promise<void>;

  constructor(kubeconfig: string) {
    this.#api = new KubeHttp(kubeconfig);
    this.#ended = this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#ended;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      // Whatever fails is tried again with the next look: the API server may be down, or a pod gone.
      const pods = await this.#api.get<{ items: readonly Pod[] }>('/api/v1/pods').catch(() => undefined);
      await Promise.all((pods?.items ?? []).map((pod) => this.#look(pod).catch(() => undefined)));
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  async #look(pod: Pod): Promise<void> {
    const { uid, deletionTimestamp } = pod.metadata;
    const sinceMs = this.#runningSinceMs.get(uid);
    if (deletionTimestamp !== undefined) await this.#end(pod);
    else if (sinceMs === undefined) await this.#start(pod);
    else if (!isReady(pod) && Date.now() - sinceMs >= startMs) await this.#report(pod, statusOf(pod, true));
  }

  async #start(pod: Pod): Promise<void> {
    const { name, namespace, uid } = pod.metadata;
    const target = { apiVersion: 'v1', kind: 'Node', name: node };
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace }, target };
    if (pod.spec.nodeName === undefined) await this.#api.create(`${pathOf(pod)}/binding`, binding);
    const podIP = pod.status.podIP ?? this.#nextAddress();
    const running = { phase: 'Running', podIP, podIPs: [{ ip: podIP }], startTime: new Date().toISOString() };
    await this.#report(pod, { ...statusOf(pod, false), ...running });
    this.#runningSinceMs.set(uid, Date.now());
  }

  async #end(pod: Pod): Promise<void> {
    this.#runningSinceMs.delete(pod.metadata.uid);
    await this.#api.remove(pathOf(pod), { gracePeriodSeconds: 0 });
  }

  async #report(pod: Pod, status: object): Promise<void> {
    await this.#api.change(`${pathOf(pod)}/status`, { status });
  }

  /** Each is on the loopback of this machine, so whoever listens on all addresses answers for every pod. */
  #nextAddress(): string {
    this.#lastAddress += 1;
    return `127.1.${Math.floor(this.#lastAddress / 250) % 250}.${(this.#lastAddress % 250) + 1}`;
  }
}

function pathOf({ metadata: { name, namespace } }: Pod): string {
  return `/api/v1/namespaces/${namespace}/pods/${name}`;
}

function isReady({ status }: Pod): boolean {
  return status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;
}

function statusOf({ spec }: Pod, ready: boolean): object {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const condition = (type: string, holds: boolean): object => ({ type, status: holds ? 'True' : 'False', lastTransitionTime: now }); // prettier-ignore
  return {
    conditions: [condition('PodScheduled', true), condition('ContainersReady', ready), condition('Ready', ready)],
    containerStatuses: spec.containers.map(({ name, image }) => {
      const state = { running: { startedAt: now } };
      return { name, image, imageID: image, ready, restartCount: 0, started: true, state };
    }),
  };
}
