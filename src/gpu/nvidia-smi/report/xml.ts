import type { GpuDevice } from '../../../domain/gpu.ts';
import { readDevice } from '../device.ts';
import type { DeviceReading } from '../device.ts';
import type { FieldName } from '../query/fields.ts';
import { count, isUnavailable, readQuantity } from '../value.ts';

/** Where `nvidia-smi -q -x` says the same as a field of `--query-gpu`; its layouts v10 to v13, newest first. */
const paths: Partial<Record<FieldName, readonly string[]>> = {
  uuid: ['uuid'],
  model: ['product_name'],
  migMode: ['mig_mode/current_mig'],
  utilizationRatio: ['utilization/gpu_util'],
  memoryUtilizationRatio: ['utilization/memory_util'],
  encoderUtilizationRatio: ['utilization/encoder_util'],
  decoderUtilizationRatio: ['utilization/decoder_util'],
  memoryUsedBytes: ['fb_memory_usage/used'],
  memoryTotalBytes: ['fb_memory_usage/total'],
  memoryReservedBytes: ['fb_memory_usage/reserved'],
  temperatureCelsius: ['temperature/gpu_temp'],
  memoryTemperatureCelsius: ['temperature/memory_temp'],
  powerWatts: [
    'gpu_power_readings/average_power_draw',
    'gpu_power_readings/power_draw',
    'gpu_power_readings/instant_power_draw',
    'power_readings/power_draw',
  ],
  powerLimitWatts: [
    'gpu_power_readings/current_power_limit',
    'power_readings/enforced_power_limit',
    'power_readings/power_limit',
  ],
  smClockHertz: ['clocks/sm_clock'],
  memoryClockHertz: ['clocks/mem_clock'],
};

/** The text of each leaf by its path. */
export type Leaves = ReadonlyMap<string, string>;

/** One `<gpu>` element, with the elements of its two lists apart. */
interface GpuElement {
  readonly busId: string;
  readonly leaves: Map<string, string>;
  readonly migDevices: Map<string, string>[];
  readonly processes: Map<string, string>[];
  /** Whether there is a list of processes, if only an empty one. */
  tellsProcesses: boolean;
}

interface XmlReading extends DeviceReading {
  /** `<mig_device>` elements: `gpu_instance_id`, `fb_memory_usage/used` … */
  readonly migDevices: readonly Leaves[];
  /** `<process_info>` elements: `pid`, `used_memory` …; absent where the driver does not tell them. */
  readonly processes?: readonly Leaves[];
  readonly pcieReplays?: number;
}

interface XmlReport {
  readonly driverVersion?: string;
  readonly gpus: readonly XmlReading[];
  /** `<gpu>` elements that name no GPU. */
  readonly rejectedGpus: number;
}

/** Reads a document of `nvidia-smi -q -x`; undefined where the text is none or stops before its end. */
export function parseXmlReport(text: string): XmlReport | undefined {
  if (!text.includes('</nvidia_smi_log>')) return undefined;
  const { elements, driverVersion } = new Scan(text);
  const gpus = elements.flatMap((element, index) => readElement(element, index) ?? []);
  return {
    ...(driverVersion !== undefined && { driverVersion }),
    gpus,
    rejectedGpus: elements.length - gpus.length,
  };
}

function readElement(element: GpuElement, index: number): XmlReading | undefined {
  const cell = (field: FieldName): string => {
    if (field === 'index') return String(index);
    if (field === 'pciBusId') return element.busId;
    const texts = (paths[field] ?? []).map((path) => element.leaves.get(path) ?? '');
    return texts.find((leaf) => !isUnavailable(leaf)) ?? '';
  };
  const reading = readDevice(cell);
  if (!reading) return undefined;
  const minor = element.leaves.get('minor_number') ?? '';
  const device: GpuDevice = /^\d{1,4}$/.test(minor) ? { ...reading.device, minorNumber: Number(minor) } : reading.device; // prettier-ignore
  const pcieReplays = readQuantity(element.leaves.get('pci/replay_counter') ?? '', count);
  return {
    ...reading,
    device,
    migDevices: element.migDevices,
    ...(element.tellsProcesses && { processes: element.processes }),
    ...(typeof pcieReplays === 'number' && { pcieReplays }),
  };
}

/** A tag, and the text up to the next one. */
const tags = /<(\/?)([A-Za-z_][\w.-]*)([^<>]*)>([^<]*)/g;

/**
 * Walks the tags. The documents are the driver's own: no CDATA, no nesting of `<gpu>`, entities only in the names of
 * processes, which are not read; so a walk over tags is all that it takes.
 */
class Scan {
  readonly elements: GpuElement[] = [];
  driverVersion: string | undefined;
  #gpu: GpuElement | undefined;
  /** Names of the elements that are open, below the GPU where there is one. */
  #open: string[] = [];

  constructor(text: string) {
    for (const [, closing, name = '', attributes = '', content = ''] of text.matchAll(tags)) {
      if (closing) this.#close(name);
      else if (name === 'gpu') this.#beginGpu(attributes);
      else if (!attributes.endsWith('/')) this.#begin(name, content.trim());
    }
  }

  #beginGpu(attributes: string): void {
    this.#gpu = { busId: /\bid="([^"]*)"/.exec(attributes)?.[1] ?? '', leaves: new Map(), migDevices: [], processes: [], tellsProcesses: false }; // prettier-ignore
    this.#open = [];
    this.elements.push(this.#gpu);
  }

  #close(name: string): void {
    if (name === 'gpu') this.#gpu = undefined;
    else if (this.#open.includes(name)) this.#open.length = this.#open.lastIndexOf(name);
  }

  #begin(name: string, text: string): void {
    this.#open.push(name);
    if (this.#gpu) note(this.#gpu, this.#open.join('/'), text);
    else if (name === 'driver_version') this.driverVersion = text;
  }
}

const migDevice = 'mig_devices/mig_device';
const processInfo = 'processes/process_info';

/** An element's first leaf of a path counts; those of a list's element are its own. */
function note(gpu: GpuElement, path: string, text: string): void {
  if (path === migDevice) gpu.migDevices.push(new Map());
  else if (path === processInfo) gpu.processes.push(new Map());
  else if (path === 'processes') gpu.tellsProcesses = text === '';
  else if (path.startsWith(`${migDevice}/`)) keep(gpu.migDevices.at(-1), path.slice(migDevice.length + 1), text);
  else if (path.startsWith(`${processInfo}/`)) keep(gpu.processes.at(-1), path.slice(processInfo.length + 1), text);
  else keep(gpu.leaves, path, text);
}

function keep(leaves: Map<string, string> | undefined, path: string, text: string): void {
  if (text !== '' && leaves?.has(path) === false) leaves.set(path, text);
}
