import type { Sample } from '../exposition/exposition.ts';

/** The exporter's metrics per pod, and the label that each has: `namespace, pod, container, uuid, attribution`. */
const podGpuMetrics = {
  utilizationRatio: 'pilotlight_pod_gpu_utilization_ratio',
  memoryUsedBytes: 'pilotlight_pod_gpu_memory_used_bytes',
  memoryTotalBytes: 'pilotlight_pod_gpu_memory_total_bytes',
} as const;

/** How many GPUs and slices a pod holds, whether or not their figures are told. Exporters before it do not tell. */
const devicesMetric = 'pilotlight_pod_gpu_devices';

/** All that is read of an exporter. */
export const exporterMetrics: readonly string[] = [...Object.values(podGpuMetrics), devicesMetric];

type Figure = keyof typeof podGpuMetrics;

/** What one pod has of one GPU. A figure that nobody reported is missing; one that is no number ≥ 0 is NaN. */
export type PodGpu = Readonly<Partial<Record<Figure, number>>>;

const figures = Object.keys(podGpuMetrics) as Figure[];

/** The GPUs of pods, gathered from several exporters. */
export class PodGpus {
  readonly #gpusByPod = new Map<string, Map<string, Partial<Record<Figure, number>>>>();
  readonly #devicesByPod = new Map<string, number>();
  readonly #seen = new Set<string>();

  /**
   * Takes a sample in. The same series from a second exporter is ignored (a node may be read twice while an exporter
   * is replaced). Containers of a pod that share a GPU add up, save its total memory, which is the GPU's.
   */
  add(sample: Sample): void {
    const [namespace, pod] = ['namespace', 'pod'].map((label) => sample.labels.get(label));
    if (namespace === undefined || pod === undefined) return;
    if (sample.name === devicesMetric) this.#addDevices(podKey(namespace, pod), sample.value);
    else this.#addFigure(podKey(namespace, pod), sample);
  }

  #addFigure(pod: string, { name, labels, value: written }: Sample): void {
    const figure = figures.find((candidate) => podGpuMetrics[candidate] === name);
    const uuid = labels.get('uuid');
    if (figure === undefined || uuid === undefined) return;
    const series = JSON.stringify([figure, pod, labels.get('container'), uuid]);
    if (this.#seen.has(series)) return;
    this.#seen.add(series);
    const gpu = this.#gpu(pod, uuid);
    const value = written >= 0 && Number.isFinite(written) ? written : NaN;
    const before = gpu[figure] ?? 0;
    gpu[figure] = figure === 'memoryTotalBytes' ? Math.max(before, value) : before + value;
  }

  /** Sets all that is told of one GPU or slice that a pod holds. */
  put({ namespace, pod }: { namespace: string; pod: string }, id: string, told: PodGpu): void {
    Object.assign(this.#gpu(podKey(namespace, pod), id), told);
  }

  /** Whether anything is told of the pod. */
  knows(namespace: string, pod: string): boolean {
    return this.#gpusByPod.has(podKey(namespace, pod)) || this.#devicesByPod.has(podKey(namespace, pod));
  }

  /** The GPUs that one pod holds; none when no exporter tells of the pod. */
  of(namespace: string, pod: string): readonly PodGpu[] {
    return [...(this.#gpusByPod.get(podKey(namespace, pod))?.values() ?? [])];
  }

  /** GPUs that the pod holds beside those that are told of; 0 where no exporter says that there are more. */
  untold(namespace: string, pod: string): number {
    const devices = this.#devicesByPod.get(podKey(namespace, pod)) ?? 0;
    return Math.max(0, devices - this.of(namespace, pod).length);
  }

  #addDevices(pod: string, value: number): void {
    if (Number.isFinite(value)) this.#devicesByPod.set(pod, Math.max(value, this.#devicesByPod.get(pod) ?? 0));
  }

  #gpu(pod: string, uuid: string): Partial<Record<Figure, number>> {
    const gpus = this.#gpusByPod.get(pod) ?? new Map<string, Partial<Record<Figure, number>>>();
    this.#gpusByPod.set(pod, gpus);
    const gpu = gpus.get(uuid) ?? {};
    gpus.set(uuid, gpu);
    return gpu;
  }
}

function podKey(namespace: string, pod: string): string {
  return `${namespace}/${pod}`;
}
