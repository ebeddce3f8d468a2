import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, EpochMs } from '../../domain/clock.ts';
import type { Allocation } from '../../domain/gpu.ts';
import { DeploymentModel } from '../../simulator/deployment.ts';
import type { GpuSlot, ModelPod } from '../../simulator/deployment.ts';
import { RequestModel } from '../../simulator/requests.ts';
import { outage, requestsPerMinute } from './business-day.ts';
import { serveEngine, serveGateway } from './servers.ts';
import type { LocalServer } from './servers.ts';

export const scaledObject = { namespace: 'inference', name: 'llama-70b' };

/** Requests that one pod serves at once, how long each takes, and how long a pod loads its model. */
const slotsPerPod = 16;
const serviceMs = 60_000;
const startupMs = 4 * 60_000;
/** However long the machine was busy elsewhere, requests arrive one by one. */
const longestStepMs = 2_000;
/** An engine takes its share of the GPU's memory when it starts, and keeps it. */
const engineMemoryBytes = 68e9;

/**
 * The pretend cluster: a Deployment of vLLM-like pods on nodes with GPUs, a gateway where requests wait, and demand as
 * the day has it. It tells the real programs what a cluster would tell them: workloads, engine metrics, GPU load.
 */
export class DemoCluster {
  readonly #clock: Clock;
  readonly #folder: string;
  readonly #deployment: DeploymentModel;
  readonly #requests = new RequestModel({ slotsPerPod, serviceMs });
  readonly #engines = new Map<ModelPod, Promise<LocalServer>>();
  readonly #ports = new Map<ModelPod, number>();
  readonly #written = new Map<string, string>();
  #advancedMs: EpochMs;

  constructor(settings: { clock: Clock; folder: string; gpus: readonly GpuSlot[] }) {
    this.#clock = settings.clock;
    this.#folder = settings.folder;
    this.#deployment = new DeploymentModel({ name: scaledObject.name, gpus: settings.gpus, startupMs });
    this.#advancedMs = this.#clock.nowMs();
    this.#publish();
  }

  get requests(): RequestModel {
    return this.#requests;
  }

  get deployment(): DeploymentModel {
    return this.#deployment;
  }

  get running(): number {
    return this.#deployment.pods.reduce((sum, pod) => sum + pod.finishesMs.length, 0);
  }

  /** Mean utilization of the GPUs that pods hold; undefined where none is held. */
  get gpuUtilization(): number | undefined {
    const held = this.#deployment.pods.filter(({ gpu }) => gpu);
    return held.length === 0 ? undefined : held.reduce((sum, pod) => sum + utilizationOf(pod), 0) / held.length;
  }

  /** What KEDA and the HPA write to the scale subresource. */
  scaleTo(replicas: number): void {
    this.#deployment.scaleTo(replicas, this.#clock.nowMs());
    this.advance();
  }

  /** Brings requests and pods up to now, and tells the programs how things stand. */
  advance(): void {
    const nowMs = this.#clock.nowMs();
    while (this.#advancedMs < nowMs) this.#step(Math.min(nowMs, this.#advancedMs + longestStepMs));
    this.#serveEngines();
    this.#publish();
  }

  /** The gateway's metrics, behind Prometheus' query API; they do not answer while the day has them fail. */
  serveGateway(): Promise<LocalServer> {
    const nowMs = (): EpochMs => this.#clock.nowMs();
    const isLost = (): boolean => nowMs() >= outage.fromMs && nowMs() < outage.untilMs;
    return serveGateway(nowMs, () => (isLost() ? undefined : this.#requests.waiting));
  }

  /** What a node's kubelet would list. */
  allocations(node: string): Allocation[] {
    return this.#deployment.pods.flatMap(({ name, gpu }) =>
      gpu?.node === node
        ? [
            {
              namespace: scaledObject.namespace,
              pod: name,
              container: 'vllm',
              resource: 'nvidia.com/gpu',
              deviceIds: [gpu.uuid],
            },
          ]
        : [],
    );
  }

  async close(): Promise<void> {
    for (const server of await Promise.all(this.#engines.values())) server.close();
  }

  #step(toMs: EpochMs): void {
    const { pods } = this.#deployment;
    this.#requests.advance(toMs, toMs - this.#advancedMs, requestsPerMinute(toMs), pods);
    this.#deployment.advance(toMs);
    this.#advancedMs = toMs;
  }

  #serveEngines(): void {
    for (const pod of this.#deployment.pods) {
      if (pod.phase !== 'ready' || this.#engines.has(pod)) continue;
      const server = serveEngine(() => ({ running: pod.finishesMs.length, slots: slotsPerPod }));
      this.#engines.set(pod, server);
      void server.then(({ port }) => this.#ports.set(pod, port));
    }
  }

  /** Two files: the workloads that the scaler reads, and how busy each simulated GPU is. */
  #publish(): void {
    this.#write('workloads.json', { workloads: [this.#workload()] });
    const held = this.#deployment.pods.filter(({ gpu }) => gpu);
    const loads = held.map((pod) => [
      pod.gpu?.uuid,
      { utilizationRatio: utilizationOf(pod), memoryUsedBytes: engineMemoryBytes },
    ]);
    this.#write('gpu-load.json', Object.fromEntries(loads) as object);
  }

  #workload(): object {
    const pods = this.#deployment.pods.map((pod) => {
      const port = this.#ports.get(pod);
      return {
        name: pod.name,
        phase: pod.phase === 'ready' && port === undefined ? 'loading' : pod.phase,
        ...(pod.gpu && { node: pod.gpu.node }),
        ...(port !== undefined && { address: `127.0.0.1:${port}` }),
        createdAt: new Date(pod.createdAtMs).toISOString(),
      };
    });
    return { ...scaledObject, target: `Deployment/${scaledObject.name}`, replicas: this.#deployment.replicas, pods };
  }

  /** Whoever reads the file sees it whole: it is written aside and moved into place, and only when it changes. */
  #write(name: string, content: object): void {
    const text = JSON.stringify(content);
    if (this.#written.get(name) === text) return;
    this.#written.set(name, text);
    const path = join(this.#folder, name);
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  }
}

/** A GPU is never idle while a request runs on it, and its utilization flattens out as requests are added. */
function utilizationOf(pod: ModelPod): number {
  const share = pod.finishesMs.length / slotsPerPod;
  return share === 0 ? 0 : Math.round(100 * (0.35 + 0.6 * share)) / 100;
}
