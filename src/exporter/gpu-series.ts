import { Gauge, Registry } from 'prom-client';
import type { GpuDevice, GpuSample } from '../domain/gpu.ts';
import { unattributedReasons } from '../gpu/pod-reading.ts';
import type { Attribution, PodReading, UnattributedReason } from '../gpu/pod-reading.ts';
import { targetUuid } from '../gpu/target.ts';
import { DcgmSeries } from './dcgm-series.ts';
import type { NodeView } from './node-state.ts';

export const metricNameChoices = ['native', 'dcgm', 'both'] as const;
export type MetricNames = (typeof metricNameChoices)[number];

interface Settings {
  readonly metricNames: MetricNames;
  readonly nodeName: string;
}

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
  readonly #native = new Registry();
  readonly #always = new Registry();
  readonly #dcgm: DcgmSeries | undefined;
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
  readonly #unattributed = new Gauge({
    name: 'pilotlight_unattributed_devices',
    help: 'Devices that the kubelet gave to pods and that have no series per pod, by reason.',
    labelNames: ['reason'],
    registers: [this.#always],
  });
  #shown: { readonly sample: GpuSample | undefined; readonly attribution: Attribution | undefined; readonly text: Promise<string> } | undefined; // prettier-ignore

  readonly #registries: readonly Registry[];

  constructor({ metricNames, nodeName }: Settings) {
    this.#dcgm = metricNames === 'native' ? undefined : new DcgmSeries(nodeName);
    const native = metricNames === 'dcgm' ? [] : [this.#native];
    this.#registries = [...native, this.#always, ...(this.#dcgm ? [this.#dcgm.registry] : [])];
  }

  /** Exposition text of the view's sample and join. */
  render(view: NodeView): Promise<string> {
    const { sample, attribution } = view;
    if (!this.#shown || this.#shown.sample !== sample || this.#shown.attribution !== attribution) {
      for (const registry of this.#registries) registry.resetMetrics();
      if (this.#registries.includes(this.#native)) this.#setNative(view);
      if (attribution) this.#countLeftOut(attribution);
      this.#dcgm?.show(view);
      const texts = this.#registries.map((registry) => registry.metrics());
      this.#shown = { sample, attribution, text: Promise.all(texts).then((parts) => parts.join('')) };
    }
    return this.#shown.text;
  }

  #setNative({ sample, attribution }: NodeView): void {
    for (const device of sample?.devices ?? []) this.#setDevice(device, sample?.driverVersion);
    for (const reading of attribution?.readings ?? []) this.#setPod(reading);
  }

  #setDevice(device: GpuDevice, driverVersion = 'unknown'): void {
    const labels = { gpu: String(device.index), uuid: device.uuid, model: device.model, pci_bus_id: device.pciBusId };
    const minor = device.minorNumber === undefined ? '' : String(device.minorNumber);
    const mig = device.migEnabled ? 'on' : 'off';
    this.#info.set({ ...labels, minor_number: minor, mig, driver_version: driverVersion }, 1);
    for (const { field, gauge } of this.#device) setKnown(gauge, labels, device[field]);
  }

  #countLeftOut(attribution: Attribution): void {
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
    return new Gauge({ name, help, labelNames: [...labelNames], registers: [this.#native] });
  }
}

/** A figure that the driver does not tell has no series. */
function setKnown(gauge: Gauge, labels: Record<string, string>, value: GpuDevice[keyof GpuDevice]): void {
  if (typeof value === 'number') gauge.set(labels, value);
}
