import type { GpuDevice, MigDevice } from '../domain/gpu.ts';
import type { PodReading } from '../gpu/pod-reading.ts';
import { targetUuid } from '../gpu/target.ts';
import { deviceFigures, isCut, sliceFigures, splitFigures } from './dcgm-figures.ts';
import type { SplitFigure } from './dcgm-figures.ts';
import { labelText, MetricText } from './metric-text.ts';
import type { Metric } from './metric-text.ts';
import { NvlinkRates } from './nvlink-rates.ts';
import type { NodeView } from './node-state.ts';

type Labels = Readonly<Record<string, string>>;

/** What DCGM tells the rate of NVLink in: thousands of KiB per second. */
const nvlinkUnit = 1_024_000;

/**
 * The series as NVIDIA's dcgm-exporter names them: a GPU or slice that a container holds alone has the container's labels on its own
 * series. What is shared is split among the pods, with the rest in a series of no pod, so that sums are the GPU's.
 */
export class DcgmSeries {
  readonly text = new MetricText();
  readonly #nodeName: string;
  readonly #metrics = new Map<string, Metric>();
  readonly #nvlinkRates = new NvlinkRates();
  readonly #nvlink = this.text.gauge('DCGM_FI_DEV_NVLINK_BANDWIDTH_TOTAL', 'Data over all NVLinks, both ways (in thousands of KiB per second).'); // prettier-ignore

  constructor(nodeName: string) {
    this.#nodeName = nodeName;
    for (const { name, help, type } of [...deviceFigures, ...splitFigures, ...sliceFigures]) {
      if (this.#metrics.has(name)) continue;
      this.#metrics.set(name, type === 'counter' ? this.text.counter(name, help) : this.text.gauge(name, help));
    }
  }

  /** Shows a view in an empty text. */
  show({ sample, attribution }: NodeView): void {
    if (!sample) return;
    const holders = Map.groupBy(attribution?.readings ?? [], ({ target }) => targetUuid(target));
    const nvlinkRates = this.#nvlinkRates.of(sample);
    for (const device of sample.devices) {
      const labels = this.#labelsOf(device, sample.driverVersion);
      const own = holders.get(device.uuid) ?? [];
      this.#showDevice(device, labels, own);
      const rate = nvlinkRates.get(device.uuid);
      if (rate !== undefined) this.#nvlink.set(labelText({ ...labels, ...soleHolder(own) }), rate / nvlinkUnit);
      for (const slice of device.migDevices ?? []) this.#showSlice(slice, labels, holders.get(slice.uuid) ?? []);
    }
  }

  #labelsOf(device: GpuDevice, driverVersion = ''): Labels {
    return {
      gpu: String(device.index),
      UUID: device.uuid,
      // NVIDIA's exporter writes the letters of the bus in capitals.
      pci_bus_id: device.pciBusId.toUpperCase(),
      device: `nvidia${device.minorNumber ?? device.index}`,
      modelName: device.model,
      // It was one until version 4.8.2 of NVIDIA's exporter and is the other since: queries know either.
      Hostname: this.#nodeName,
      hostname: this.#nodeName,
      DCGM_FI_DRIVER_VERSION: driverVersion,
    };
  }

  #showDevice(device: GpuDevice, labels: Labels, holders: readonly PodReading[]): void {
    const own = { ...labels, ...soleHolder(holders) };
    for (const { name, valueOf, labelsOf } of deviceFigures) {
      this.#set(name, { ...own, ...labelsOf?.(device) }, valueOf(device));
    }
    // Memory of a GPU that is cut in slices is told by slice.
    if (isCut(device)) return;
    for (const figure of splitFigures) this.#split(figure, labels, device, holders);
  }

  #showSlice(slice: MigDevice, labels: Labels, holders: readonly PodReading[]): void {
    const named = { ...labels, GPU_I_PROFILE: slice.profile ?? '', GPU_I_ID: String(slice.gpuInstanceId) };
    const own = { ...named, ...soleHolder(holders) };
    for (const { name, valueOf } of sliceFigures) this.#set(name, own, valueOf(slice));
    for (const figure of splitFigures) {
      if (figure.ofSlices) this.#split(figure, named, slice, holders);
    }
  }

  /** One series where nobody shares, or where it is not known how; else one for each pod and one for the rest. */
  #split(
    { name, valueOf }: SplitFigure,
    labels: Labels,
    whole: GpuDevice | MigDevice,
    holders: readonly PodReading[],
  ): void {
    // prettier-ignore
    const value = valueOf(whole);
    const shares = holders.filter(({ attribution }) => attribution === 'process');
    const parts = shares.map((share) => valueOf(share));
    const known = parts.filter((part) => part !== undefined);
    if (shares.length === 0 || known.length < parts.length) {
      this.#set(name, { ...labels, ...soleHolder(holders) }, value);
      return;
    }
    for (const share of shares) this.#set(name, { ...labels, ...podLabels(share) }, valueOf(share));
    const rest = value === undefined ? undefined : value - known.reduce((sum, part) => sum + part, 0);
    this.#set(name, labels, rest === undefined ? undefined : Math.max(0, rest));
  }

  #set(name: string, labels: Labels, value: number | undefined): void {
    if (value !== undefined) this.#metrics.get(name)?.set(labelText(labels), value);
  }
}

/** The labels of a container that has the GPU or slice to itself; none otherwise. */
function soleHolder([holder, ...others]: readonly PodReading[]): Labels {
  return holder && others.length === 0 && holder.attribution !== 'process' ? podLabels(holder) : {};
}

function podLabels({ container, namespace, pod }: PodReading): Labels {
  return { container, namespace, pod };
}
