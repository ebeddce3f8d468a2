import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { startScalerProcess } from '../../support/scaler-process.ts';
import type { ScalerProcess } from '../../support/scaler-process.ts';
import { startBacklog } from './backlog.ts';
import type { Backlog } from './backlog.ts';
import { api, kubeconfig, patience } from './cluster.ts';

/** How the cluster reaches this machine, where its KEDA does not run here. */
const scalerHost = process.env['PILOTLIGHT_SCALER_HOST'];

/** What a test may say of a workload beside its name. */
interface WorkloadSetting {
  /** Keys of the trigger's metadata, beside those that read the backlog. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Fields of the ScaledObject's spec, in place of the usual ones. */
  readonly spec?: Readonly<Record<string, unknown>>;
}

interface Deployment {
  readonly spec: { readonly replicas: number };
  readonly status: { readonly readyReplicas?: number };
}

/** What tests look at of a pod. */
export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly status: { readonly podIP?: string };
}

/** A namespace of the cluster with workloads that the real KEDA scales by what a real scaler of this checkout says. */
export class Scene {
  readonly namespace: string;
  readonly backlog: Backlog;
  readonly #folder: string;
  readonly #ending: (() => void)[] = [];
  #scaler: ScalerProcess | undefined;

  private constructor(backlog: Backlog) {
    this.namespace = `pilotlight-test-${randomBytes(4).toString('hex')}`;
    this.backlog = backlog;
    this.#folder = mkdtempSync(join(tmpdir(), 'pilotlight-scene-'));
  }

  /** Makes the namespace and starts the scaler, which serves all namespaces. Close it when the test ends. */
  static async open(args: readonly string[] = []): Promise<Scene> {
    const scene = new Scene(await startBacklog());
    await api.create('/api/v1/namespaces', { metadata: { name: scene.namespace } });
    const connections = join(scene.#folder, 'connections.yaml');
    writeFileSync(connections, scene.backlog.connections);
    const host = scalerHost === undefined ? [] : ['--host', '0.0.0.0'];
    const own = ['--kubeconfig', kubeconfig, '--connections', connections];
    const test = { onTestFinished: (end: () => void) => void scene.#ending.push(end) };
    scene.#scaler = await startScalerProcess(test, undefined, [...own, ...host, ...args]);
    return scene;
  }

  get scaler(): ScalerProcess {
    if (!this.#scaler) throw new Error('the scaler is not running');
    return this.#scaler;
  }

  async close(): Promise<void> {
    for (const end of this.#ending) end();
    await api.remove(`/api/v1/namespaces/${this.namespace}`);
    await this.backlog.close();
    rmSync(this.#folder, { recursive: true });
  }

  /** Makes a Deployment at zero and the ScaledObject of the same name; two jobs for each replica. */
  async add(name: string, { metadata = {}, spec = {} }: WorkloadSetting = {}): Promise<void> {
    await api.create(this.#path('apps/v1', 'deployments'), deploymentOf(name));
    const [, port] = this.scaler.grpcAddress.split(':');
    const trigger = {
      scalerAddress: `${scalerHost ?? 'localhost'}:${port}`,
      queueFrom: 'backlog',
      queueQuery: '/waiting',
      queueTarget: '2',
      idleAfter: '5s',
      // An engine tells itself what runs; without one, nothing does.
      ...(metadata['engine'] === undefined && { runningFrom: 'backlog', runningQuery: '/running' }),
      ...metadata,
    };
    await api.create(this.#path('keda.sh/v1alpha1', 'scaledobjects'), {
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata: { name },
      spec: {
        scaleTargetRef: { name },
        pollingInterval: 5,
        cooldownPeriod: 5,
        minReplicaCount: 0,
        maxReplicaCount: 8,
        advanced: { horizontalPodAutoscalerConfig: { behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } } },
        triggers: [{ type: 'external-push', metadata: trigger }],
        ...spec,
      },
    });
  }

  /** Takes the ScaledObject away; the Deployment stays as it is. */
  async release(name: string): Promise<void> {
    await api.remove(this.#path('keda.sh/v1alpha1', 'scaledobjects', name));
  }

  /** Changes the ScaledObject by a merge patch. */
  async change(name: string, patch: object): Promise<void> {
    await api.change(this.#path('keda.sh/v1alpha1', 'scaledobjects', name), patch);
  }

  /** Sets or, with null, takes away the annotation of an override. */
  async override(name: string, text: string | null): Promise<void> {
    await this.change(name, { metadata: { annotations: { 'pilotlight.io/override': text } } });
  }

  async replicas(name: string): Promise<number> {
    return (await this.deployment(name)).spec.replicas;
  }

  /** Waits until the workload is asked for so many replicas. */
  async untilReplicas(name: string, replicas: number): Promise<void> {
    await vi.waitFor(async () => expect(await this.replicas(name)).toBe(replicas), patience);
  }

  /** Waits until so many are asked for and ready. */
  async untilReady(name: string, replicas: number): Promise<void> {
    await this.untilReplicas(name, replicas);
    await vi.waitFor(
      async () => expect((await this.deployment(name)).status.readyReplicas ?? 0).toBe(replicas),
      patience,
    );
  }

  deployment(name: string): Promise<Deployment> {
    return api.get(this.#path('apps/v1', 'deployments', name));
  }

  /** The HPA that KEDA keeps for it. */
  hpa(name: string): Promise<object> {
    return api.get(this.#path('autoscaling/v2', 'horizontalpodautoscalers', `keda-hpa-${name}`));
  }

  /** The pods that have not been told to stop, the oldest first. */
  async pods(): Promise<readonly Pod[]> {
    const { items } = await api.get<{ items: readonly Pod[] }>(this.#path('v1', 'pods'));
    const alive = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    return alive.toSorted((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1));
  }

  /** The first trigger of a ScaledObject, as `/api/decisions` explains it. */
  async explain(name: string): Promise<Readonly<Record<string, unknown>>> {
    const response = await fetch(`${this.scaler.httpAddress}/api/decisions/${this.namespace}/${name}`);
    const { triggers = [] } = (await response.json()) as { triggers?: Record<string, unknown>[] };
    return triggers[0] ?? {};
  }

  /** How many answers of one kind the scaler has given so far. */
  async answers(method: string, code: string): Promise<number> {
    const text = await (await fetch(`${this.scaler.httpAddress}/metrics`)).text();
    const name = `pilotlight_rpc_duration_seconds_count{method="${method}",code="${code}"} `;
    return Number(text.split('\n').find((line) => line.startsWith(name))?.slice(name.length) ?? 0); // prettier-ignore
  }

  /** Waits until KEDA was given so many more answers, so that it and the HPA had their chance to act on them. */
  async untilAnswered(method: string, code: string, more: number): Promise<void> {
    const before = await this.answers(method, code);
    await vi.waitFor(
      async () => expect(await this.answers(method, code)).toBeGreaterThanOrEqual(before + more),
      patience,
    );
  }

  /** What events tell of a ScaledObject, as `REASON: MESSAGE`. */
  async events(name: string): Promise<readonly string[]> {
    const selector = new URLSearchParams({
      fieldSelector: `involvedObject.kind=ScaledObject,involvedObject.name=${name}`,
    });
    const path = `${this.#path('v1', 'events')}?${selector.toString()}`;
    const { items } = await api.get<{ items: readonly { reason: string; message: string }[] }>(path);
    return items.map(({ reason, message }) => `${reason}: ${message}`);
  }

  #path(apiVersion: string, plural: string, ...name: readonly string[]): string {
    const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
    return [root, 'namespaces', this.namespace, plural, ...name].join('/');
  }
}

function deploymentOf(name: string): object {
  const labels = { app: name };
  const container = { name: 'engine', image: 'registry.k8s.io/pause:3.10' };
  const template = { metadata: { labels }, spec: { containers: [container] } };
  return { metadata: { name }, spec: { replicas: 0, selector: { matchLabels: labels }, template } };
}
