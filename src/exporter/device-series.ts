import { clockEventReasons } from '../domain/gpu.ts';
import type { GpuDevice, GpuSample, LostGpu, MigDevice } from '../domain/gpu.ts';
import { deviceCounters, deviceGauges, sliceGauges } from './device-figures.ts';
import { labelText, withLabel } from './metric-text.ts';
import type { Metric, MetricText } from './metric-text.ts';

/** The series of GPUs and slices, whoever holds them. Its text is emptied before each sample is shown. */
export class DeviceSeries {
  readonly #info: Metric;
  readonly #gauges;
  readonly #counters;
  readonly #slices;
  readonly #clockEvents: Metric;
  readonly #xids: Metric;
  readonly #lost: Metric;
  readonly #licensed: Metric;

  constructor(text: MetricText) {
    this.#gauges = deviceGauges.map(([name, help, field]) => ({
      field,
      gauge: text.gauge(`pilotlight_gpu_${name}`, help),
    }));
    this.#counters = deviceCounters.map(([name, help, field]) => ({
      field,
      counter: text.counter(`pilotlight_gpu_${name}`, help),
    }));
    this.#slices = sliceGauges.map(([name, help, field]) => ({
      field,
      gauge: text.gauge(`pilotlight_mig_${name}`, help),
    }));
    this.#info = text.gauge('pilotlight_gpu_info', 'A GPU of this node; always 1.');
    this.#clockEvents = text.gauge('pilotlight_gpu_clock_event_active', 'Whether a reason keeps the clocks from their highest: 1 or 0.'); // prettier-ignore
    this.#lost = text.gauge('pilotlight_gpu_lost', 'A GPU that was there, and that the driver counts and does not show any more; always 1.'); // prettier-ignore
    this.#licensed = text.gauge('pilotlight_gpu_vgpu_licensed', 'Whether vGPU software has the licence that it needs: 1 or 0.'); // prettier-ignore
    this.#xids = text.counter('pilotlight_gpu_xid_errors_total', 'Critical errors that the driver reported since the exporter was started, by XID.'); // prettier-ignore
  }

  show(sample: GpuSample | undefined): void {
    for (const device of sample?.devices ?? []) this.#setDevice(device, sample?.driverVersion);
    for (const gpu of sample?.lost ?? []) this.#setLost(gpu);
  }

  #setDevice(device: GpuDevice, driverVersion = 'unknown'): void {
    const labels = labelsOf(device);
    const minor = device.minorNumber === undefined ? '' : String(device.minorNumber);
    const mig = device.migEnabled ? 'on' : 'off';
    this.#info.set(labelText({ ...labels, minor_number: minor, mig, driver_version: driverVersion }), 1);
    const own = labelText(labels);
    for (const { field, gauge } of this.#gauges) whenKnown(device[field], (value) => gauge.set(own, value));
    for (const { field, counter } of this.#counters) whenKnown(device[field], (value) => counter.add(own, value));
    this.#setEvents(device, own);
    this.#setLicence(device, own);
    for (const slice of device.migDevices ?? []) this.#setSlice(slice, device);
  }

  #setLicence({ vgpuLicence = 'not-needed' }: GpuDevice, labels: string): void {
    if (vgpuLicence !== 'not-needed') this.#licensed.set(labels, vgpuLicence === 'there' ? 1 : 0);
  }

  /** What it reported as it went is what one wants to know of it. */
  #setLost(gpu: LostGpu): void {
    const labels = labelText(labelsOf(gpu));
    this.#lost.set(labels, 1);
    this.#setXids(gpu, labels);
  }

  #setEvents(device: GpuDevice, labels: string): void {
    const { clockEventReasons: active } = device;
    for (const reason of active ? clockEventReasons : []) {
      this.#clockEvents.set(withLabel(labels, 'reason', reason), active?.includes(reason) ? 1 : 0);
    }
    this.#setXids(device, labels);
  }

  #setXids({ xidErrors }: GpuDevice | LostGpu, labels: string): void {
    for (const [xid, count] of xidErrors?.counts ?? []) this.#xids.add(withLabel(labels, 'xid', String(xid)), count);
  }

  #setSlice(slice: MigDevice, { index, uuid }: GpuDevice): void {
    const labels = labelText({
      gpu: String(index),
      uuid: slice.uuid,
      gpu_uuid: uuid,
      profile: slice.profile ?? '',
      gpu_instance: String(slice.gpuInstanceId),
      compute_instance: String(slice.computeInstanceId),
    });
    for (const { field, gauge } of this.#slices) whenKnown(slice[field], (value) => gauge.set(labels, value));
  }
}

function labelsOf({ index, uuid, model, pciBusId }: GpuDevice | LostGpu): Record<string, string> {
  return { gpu: String(index), uuid, model, pci_bus_id: pciBusId };
}

/** A figure that the driver does not tell has no series. */
function whenKnown(value: unknown, show: (value: number) => void): void {
  if (typeof value === 'number') show(value);
}
