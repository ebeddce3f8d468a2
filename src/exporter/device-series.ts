import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import { clockEventReasons } from '../domain/gpu.ts';
import type { GpuDevice, GpuSample, MigDevice } from '../domain/gpu.ts';
import { deviceCounters, deviceGauges, sliceGauges } from './device-figures.ts';

const deviceLabels = ['gpu', 'uuid', 'model', 'pci_bus_id'] as const;
const sliceLabels = ['gpu', 'uuid', 'gpu_uuid', 'profile', 'gpu_instance', 'compute_instance'] as const;
type Labels = Record<string, string>;

/** The series of GPUs and slices, whoever holds them. Its registry is emptied before each sample is shown. */
export class DeviceSeries {
  readonly #registry: Registry;
  readonly #info: Gauge;
  readonly #gauges;
  readonly #counters;
  readonly #slices;
  readonly #clockEvents: Gauge;
  readonly #xids: Counter;

  constructor(registry: Registry) {
    this.#registry = registry;
    this.#gauges = deviceGauges.map(([name, help, field]) => ({
      field,
      gauge: this.#gauge(`pilotlight_gpu_${name}`, help, deviceLabels),
    }));
    this.#counters = deviceCounters.map(([name, help, field]) => ({
      field,
      counter: this.#counter(`pilotlight_gpu_${name}`, help, deviceLabels),
    }));
    this.#slices = sliceGauges.map(([name, help, field]) => ({
      field,
      gauge: this.#gauge(`pilotlight_mig_${name}`, help, sliceLabels),
    }));
    const infoLabels = [...deviceLabels, 'minor_number', 'mig', 'driver_version'];
    this.#info = this.#gauge('pilotlight_gpu_info', 'A GPU of this node; always 1.', infoLabels);
    const reasonLabels = [...deviceLabels, 'reason'];
    this.#clockEvents = this.#gauge('pilotlight_gpu_clock_event_active', 'Whether a reason keeps the clocks from their highest: 1 or 0.', reasonLabels); // prettier-ignore
    const xidLabels = [...deviceLabels, 'xid'];
    this.#xids = this.#counter('pilotlight_gpu_xid_errors_total', 'Critical errors that the driver reported since the exporter was started, by XID.', xidLabels); // prettier-ignore
  }

  show(sample: GpuSample | undefined): void {
    for (const device of sample?.devices ?? []) this.#setDevice(device, sample?.driverVersion);
  }

  #setDevice(device: GpuDevice, driverVersion = 'unknown'): void {
    const labels = { gpu: String(device.index), uuid: device.uuid, model: device.model, pci_bus_id: device.pciBusId };
    const minor = device.minorNumber === undefined ? '' : String(device.minorNumber);
    const mig = device.migEnabled ? 'on' : 'off';
    this.#info.set({ ...labels, minor_number: minor, mig, driver_version: driverVersion }, 1);
    for (const { field, gauge } of this.#gauges) whenKnown(device[field], (value) => gauge.set(labels, value));
    for (const { field, counter } of this.#counters) whenKnown(device[field], (value) => counter.inc(labels, value));
    this.#setEvents(device, labels);
    for (const slice of device.migDevices ?? []) this.#setSlice(slice, device);
  }

  #setEvents({ clockEventReasons: active, xidErrors }: GpuDevice, labels: Labels): void {
    for (const reason of active ? clockEventReasons : []) {
      this.#clockEvents.set({ ...labels, reason }, active?.includes(reason) ? 1 : 0);
    }
    for (const [xid, count] of xidErrors?.counts ?? []) this.#xids.inc({ ...labels, xid: String(xid) }, count);
  }

  #setSlice(slice: MigDevice, { index, uuid }: GpuDevice): void {
    const labels = {
      gpu: String(index),
      uuid: slice.uuid,
      gpu_uuid: uuid,
      profile: slice.profile ?? '',
      gpu_instance: String(slice.gpuInstanceId),
      compute_instance: String(slice.computeInstanceId),
    };
    for (const { field, gauge } of this.#slices) whenKnown(slice[field], (value) => gauge.set(labels, value));
  }

  #gauge(name: string, help: string, labelNames: readonly string[]): Gauge {
    return new Gauge({ name, help, labelNames: [...labelNames], registers: [this.#registry] });
  }

  #counter(name: string, help: string, labelNames: readonly string[]): Counter {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.#registry] });
  }
}

/** A figure that the driver does not tell has no series. */
function whenKnown(value: unknown, show: (value: number) => void): void {
  if (typeof value === 'number') show(value);
}
