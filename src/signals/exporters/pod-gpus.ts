import type { Sample } from '../http/exposition.ts';

/** The exporter's metrics per pod, and the label that each has: `namespace, pod, container, uuid, attribution`. */
export const podGpuMetrics = {
  utilizationRatio: 'pilotlight_pod_gpu_utilization_ratio',
  memoryUsedBytes: 'pilotlight_pod_gpu_memory_used_bytes',
  memoryTotalBytes: 'pilotlight_pod_gpu_memory_total_bytes',
} as const;

type Figure = keyof typeof podGpuMetrics;

/** What one pod has of one GPU. A figure that nobody reported is missing; one that is no number ≥ 0 is NaN. */
export type PodGpu = Readonly<Partial<Record<Figure, number>>>;

const figures = Object.keys(podGpuMetrics) as Figure[];

/** The GPUs of pods, gathered from several exporters. */
export class PodGpus {
  readonly #gpusByPod = new Map<string, Map<string, Partial<Record<Figure, number>>>>();
  readonly #seen = new Set<string>();

  /**
   * Takes a sample in. The same series from a second exporter is ignored (a node may be read twice while an exporter
   * is replaced). Containers of a pod that share a GPU add up, save its total memory, which is the GPU's.
   */
  add(sample: Sample): void {
    const figure = figures.find((candidate) => podGpuMetrics[candidate] === sample.name);
    const [namespace, pod, container, uuid] = ['namespace', 'pod', 'container', 'uuid'].map((label) => sample.labels.get(label)); // prettier-ignore
    if (figure === undefined || namespace === undefined || pod === undefined || uuid === undefined) return;
    const series = JSON.stringify([figure, namespace, pod, container, uuid]);
    if (this.#seen.has(series)) return;
    this.#seen.add(series);
    const gpu = this.#gpu(podKey(namespace, pod), uuid);
    const value = sample.value >= 0 && Number.isFinite(sample.value) ? sample.value : NaN;
    const before = gpu[figure] ?? 0;
    gpu[figure] = figure === 'memoryTotalBytes' ? Math.max(before, value) : before + value;
  }

  /** The GPUs that one pod holds; none when no exporter tells of the pod. */
  of(namespace: string, pod: string): readonly PodGpu[] {
    return [...(this.#gpusByPod.get(podKey(namespace, pod))?.values() ?? [])];
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
