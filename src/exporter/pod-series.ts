import { countPodDevices } from '../gpu/pod-devices.ts';
import type { PodDevices } from '../gpu/pod-devices.ts';
import type { Attribution, PodReading } from '../gpu/pod-reading.ts';
import { targetUuid } from '../gpu/target.ts';
import { labelText } from './metric-text.ts';
import type { Metric, MetricText } from './metric-text.ts';

/** Figures that are told per pod. */
const podFigures = [
  ['utilization_ratio', "Utilization of the container's GPU or slice, or the container's part of a shared one.", 'utilizationRatio'],
  ['memory_used_bytes', "Memory in use of the container's GPU or slice, or the container's part of a shared one.", 'memoryUsedBytes'],
  ['memory_total_bytes', "Memory of the container's GPU or slice; a shared one's is told for each that shares it.", 'memoryTotalBytes'],
] as const; // prettier-ignore

/** The series of pods. Its text is emptied before each join is shown. */
export class PodSeries {
  readonly #figures;
  readonly #devices: Metric;

  constructor(text: MetricText) {
    this.#figures = podFigures.map(([name, help, field]) => ({
      field,
      gauge: text.gauge(`pilotlight_pod_gpu_${name}`, help),
    }));
    this.#devices = text.gauge(
      'pilotlight_pod_gpu_devices',
      'GPUs and slices that the pod holds, with those that have no series of their own.',
    );
  }

  show(attribution: Attribution | undefined): void {
    if (!attribution) return;
    for (const reading of attribution.readings) this.#setReading(reading);
    for (const held of countPodDevices(attribution)) this.#setDevices(held);
  }

  #setReading(reading: PodReading): void {
    const { namespace, pod, container, attribution, target } = reading;
    const labels = labelText({ namespace, pod, container, uuid: targetUuid(target), attribution });
    for (const { field, gauge } of this.#figures) {
      const value = reading[field];
      if (value !== undefined) gauge.set(labels, value);
    }
  }

  #setDevices({ namespace, pod, devices }: PodDevices): void {
    this.#devices.set(labelText({ namespace, pod }), devices);
  }
}
