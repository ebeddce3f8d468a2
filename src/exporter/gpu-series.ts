import { Gauge, Registry } from 'prom-client';
import type { GpuDevice, GpuSample } from '../domain/gpu.ts';
import { unattributedReasons } from '../gpu/pod-reading.ts';
import type { Attribution, PodReading, UnattributedReason } from '../gpu/pod-reading.ts';
import { targetUuid } from '../gpu/target.ts';
import type { NodeView } from './node-state.ts';

/** Figures of a GPU: the end of the metric's name, its help, and where the number is. */
const deviceFigures: readonly (readonly [string, string, keyof GpuDevice])[] = [
  ['utilization_ratio', 'Share of time in which the GPU ran at least one kernel.', 'utilizationRatio'],
  ['memory_utilization_ratio', 'Share of time in which the GPU read or wrote its memory.', 'memoryUtilizationRatio'],
  ['encoder_utilization_ratio', 'Utilization of the video encoder.', 'encoderUtilizationRatio'],
  ['decoder_utilization_ratio', 'Utilization of the video decoder.', 'decoderUtilizationRatio'],
  ['memory_used_bytes', 'GPU memory in use.', 'memoryUsedBytes'],
  ['memory_total_bytes', 'GPU memory.', 'memoryTotalBytes'],
  ['memory_reserved_bytes', 'GPU memory that the driver keeps for itself.', 'memoryReservedBytes'],
  ['temperature_celsius', 'Temperature of the GPU.', 'temperatureCelsius'],
  ['memory_temperature_celsius', 'Temperature of the GPU memory.', 'memoryTemperatureCelsius'],
  ['power_watts', 'Power that the GPU draws.', 'powerWatts'],
  ['power_limit_watts', 'Power that the GPU may draw.', 'powerLimitWatts'],
  ['sm_clock_hertz', 'Clock of the streaming multiprocessors.', 'smClockHertz'],
  ['memory_clock_hertz', 'Clock of the GPU memory.', 'memoryClockHertz'],
];

/** Figures that are told per pod. */
const podFigures = [
  ['utilization_ratio', "Utilization of the container's GPU or slice, or the container's part of a shared one.", 'utilizationRatio'], // prettier-ignore
  ['memory_used_bytes', "Memory in use of the container's GPU or slice, or the container's part of a shared one.", 'memoryUsedBytes'], // prettier-ignore
  ['memory_total_bytes', "Memory of the container's GPU or slice; a shared one's is told for each that shares it.", 'memoryTotalBytes'], // prettier-ignore
] as const;

const deviceLabels = ['gpu', 'uuid', 'model', 'pci_bus_id'] as const;
const podLabels = ['namespace', 'pod', 'container', 'uuid', 'attribution'] as const;

/**
 * The series that a sample makes, as exposition text. A GPU's series carry no pod and a pod's no GPU position, so that
 * neither is counted into the other. The text is made once for each sample and join, however often it is scraped.
 */
export class GpuSeries {
  readonly #registry = new Registry();
  readonly #device = deviceFigures.map(([name, help, field]) => ({
    field,
    gauge: this.#gauge(`pilotlight_gpu_${name}`, help, deviceLabels),
  }));
  readonly #pod = podFigures.map(([name, help, field]) => ({
    field,
    gauge: this.#gauge(`pilotlight_pod_gpu_${name}`, help, podLabels),
  }));
  readonly #info = this.#gauge('pilotlight_gpu_info', 'A GPU of this node; always 1.', [
    ...deviceLabels,
    'minor_number',
    'mig',
    'driver_version',
  ]);
  readonly #unattributed = this.#gauge(
    'pilotlight_unattributed_devices',
    'Devices that the kubelet gave to pods and that have no series per pod, by reason.',
    ['reason'],
  );
  #shown: { readonly sample: GpuSample | undefined; readonly attribution: Attribution | undefined; readonly text: Promise<string> } | undefined; // prettier-ignore

  /** Exposition text of the view's sample and join. */
  render({ sample, attribution }: NodeView): Promise<string> {
    if (!this.#shown || this.#shown.sample !== sample || this.#shown.attribution !== attribution) {
      this.#registry.resetMetrics();
      for (const device of sample?.devices ?? []) this.#setDevice(device, sample?.driverVersion);
      if (attribution) this.#setPods(attribution);
      this.#shown = { sample, attribution, text: this.#registry.metrics() };
    }
    return this.#shown.text;
  }

  #setDevice(device: GpuDevice, driverVersion = 'unknown'): void {
    const labels = { gpu: String(device.index), uuid: device.uuid, model: device.model, pci_bus_id: device.pciBusId };
    const minor = device.minorNumber === undefined ? '' : String(device.minorNumber);
    const mig = device.migEnabled ? 'on' : 'off';
    this.#info.set({ ...labels, minor_number: minor, mig, driver_version: driverVersion }, 1);
    for (const { field, gauge } of this.#device) setKnown(gauge, labels, device[field]);
  }

  #setPods(attribution: Attribution): void {
    for (const reading of attribution.readings) this.#setPod(reading);
    const counts = Map.groupBy(attribution.leftOut, ({ reason }) => reason);
    for (const reason of Object.keys(unattributedReasons) as UnattributedReason[]) {
      this.#unattributed.set({ reason }, counts.get(reason)?.length ?? 0);
    }
  }

  #setPod(reading: PodReading): void {
    const { namespace, pod, container, attribution, target } = reading;
    const labels = { namespace, pod, container, uuid: targetUuid(target), attribution };
    for (const { field, gauge } of this.#pod) setKnown(gauge, labels, reading[field]);
  }

  #gauge(name: string, help: string, labelNames: readonly string[]): Gauge {
    return new Gauge({ name, help, labelNames: [...labelNames], registers: [this.#registry] });
  }
}

/** A figure that the driver does not tell has no series. */
function setKnown(gauge: Gauge, labels: Record<string, string>, value: GpuDevice[keyof GpuDevice]): void {
  if (typeof value === 'number') gauge.set(labels, value);
}
