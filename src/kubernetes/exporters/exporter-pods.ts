import { isIPv6 } from 'node:net';
import type { Clock } from '../../domain/clock.ts';
import type { ExporterDirectory, ExporterPlace } from '../../domain/exporter-place.ts';
import type { Pod } from '../../domain/workload.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { ApiAccess } from '../cluster/api/api-access.ts';
import { Collection } from '../cluster/api/collection.ts';
import { kubeClient } from '../cluster/api/kube-client.ts';
import type { KubeClient } from '../cluster/api/kube-client.ts';
import { podFieldSelector, readPod } from '../cluster/records/pod-record.ts';
import type { PodRecord } from '../cluster/records/pod-record.ts';
import type { ExporterSelection } from './exporter-selection.ts';

interface ExporterPodsSetting {
  readonly api: ApiAccess;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** An exporter directory that is open until it is closed. */
export interface OpenDirectory extends ExporterDirectory {
  close(): void;
}

/**
 * Finds exporters by the pods that they are: a list and a watch of the pods that a label selector picks in one namespace.
 * What was known stays while the API server can't be heard: whether an exporter is still there, asking it tells.
 */
export function exporterPods(selection: ExporterSelection, setting: ExporterPodsSetting): OpenDirectory {
  const client = kubeClient(setting.api, setting.clock);
  return new ExporterPods(selection, client, setting);
}

/** The more of these hold for a pod, the more likely it is the one to ask, where a node has several. */
const standing: Readonly<Record<Pod['phase'], number>> = { ready: 3, loading: 2, pending: 1, terminating: 0 };

class ExporterPods implements OpenDirectory {
  readonly #selection: ExporterSelection;
  readonly #client: KubeClient;
  readonly #pods: Collection<PodRecord>;
  /** Made anew when it is asked for after a change. */
  #byNode: ReadonlyMap<string, Pod> | undefined;

  constructor(selection: ExporterSelection, client: KubeClient, { clock, logger }: ExporterPodsSetting) {
    this.#selection = selection;
    this.#client = client;
    this.#pods = new Collection({
      client,
      clock,
      logger,
      path: `/api/v1/namespaces/${selection.namespace}/pods`,
      query: { fieldSelector: podFieldSelector, labelSelector: selection.selector },
      parse: readPod,
      onObject: () => {
        this.#byNode = undefined;
      },
      onHealth: () => undefined,
    });
  }

  find(node: string): ExporterPlace {
    const { namespace, selector } = this.#selection;
    const health = this.#pods.health();
    if (health.state === 'unheard') {
      const because = health.failure === undefined ? '' : `: ${health.failure}`;
      return {
        state: 'unknown',
        reason: `the Kubernetes API has not told of the exporters in ${namespace} yet${because}`,
      };
    }
    this.#byNode ??= chooseByNode([...this.#pods.entries()].map(([, { pod }]) => pod));
    const pod = this.#byNode.get(node);
    if (!pod)
      return { state: 'none', reason: `no exporter runs on ${node}: no pod there has ${selector} in ${namespace}` };
    if (pod.address === undefined)
      return { state: 'unknown', reason: `exporter ${pod.name} on ${node} has no address yet` };
    return { state: 'found', url: this.#urlOf(pod.address) };
  }

  close(): void {
    this.#pods.stop();
    this.#client.close();
  }

  #urlOf(address: string): URL {
    const { scheme, port, path } = this.#selection;
    const url = new URL(`${scheme}://${isIPv6(address) ? `[${address}]` : address}:${port}`);
    // Set apart from the host, so that no path can lead to another host.
    url.pathname = path;
    return url;
  }
}

/** One exporter for each node: the one that is furthest in its life, of those the newest. */
function chooseByNode(pods: readonly Pod[]): ReadonlyMap<string, Pod> {
  const chosen = new Map<string, Pod>();
  for (const pod of pods) {
    const other = pod.node === undefined ? undefined : chosen.get(pod.node);
    if (pod.node !== undefined && (!other || isBetter(pod, other))) chosen.set(pod.node, pod);
  }
  return chosen;
}

function isBetter(pod: Pod, other: Pod): boolean {
  const rank = rankOf(pod) - rankOf(other);
  if (rank !== 0) return rank > 0;
  const newerByMs = (pod.createdAtMs ?? 0) - (other.createdAtMs ?? 0);
  return newerByMs === 0 ? pod.name < other.name : newerByMs > 0;
}

/** One without an address can't be asked, however far it is. */
function rankOf({ phase, address }: Pod): number {
  return address === undefined ? -1 : standing[phase];
}
