import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import { countPodDevices } from '../gpu/pod-devices.ts';
import type { PodDevices } from '../gpu/pod-devices.ts';
import type { Attribution, PodReading } from '../gpu/pod-reading.ts';
import { targetUuid } from '../gpu/target.ts';

/** Figures that are told per pod. */
const podFigures = [
  ['utilization_ratio', "Utilization of the container's GPU or slice, or the container's part of a shared one.", 'utilizationRatio'],
  ['memory_used_bytes', "Memory in use of the container's GPU or slice, or the container's part of a shared one.", 'memoryUsedBytes'],
  ['memory_total_bytes', "Memory of the container's GPU or slice; a shared one's is told for each that shares it.", 'memoryTotalBytes'],
] as const; // prettier-ignore

const podLabels = ['namespace', 'pod', 'container', 'uuid', 'attribution'] as const;

/** The series of pods. Its registry is emptied before each join is shown. */
export class PodSeries {
  readonly #figures;
  readonly #devices: Gauge;

  constructor(registry: Registry) {
    this.#figures = podFigures.map(([name, help, field]) => ({
      field,
      gauge: new Gauge({ name: `pilotlight_pod_gpu_${name}`, help, labelNames: [...podLabels], registers: [registry] }),
    }));
    this.#devices = new Gauge({
      name: 'pilotlight_pod_gpu_devices',
      help: 'GPUs and slices that the pod holds, with those that have no series of their own.',
      labelNames: ['namespace', 'pod'],
      registers: [registry],
    });
  }

  show(attribution: Attribution | undefined): void {
    if (!attribution) return;
    for (const reading of attribution.readings) this.#setReading(reading);
    for (const held of countPodDevices(attribution)) this.#setDevices(held);
  }

  #setReading(reading: PodReading): void {
    const { namespace, pod, container, attribution, target } = reading;
    const labels = { namespace, pod, container, uuid: targetUuid(target), attribution };
    for (const { field, gauge } of this.#figures) {
      const value = reading[field];
      if (value !== undefined) gauge.set(labels, value);
    }
  }

  #setDevices({ namespace, pod, devices }: PodDevices): void {
    this.#devices.set({ namespace, pod }, devices);
  }
}
