import type { GpuDevice } from '../../domain/gpu.ts';
import type { FieldName } from './fields.ts';
import { celsius, isUnavailable, mebibytes, megahertz, percent, readQuantity, watts } from './value.ts';
import type { Quantity } from './value.ts';

const quantities = {
  utilizationRatio: percent,
  memoryUtilizationRatio: percent,
  encoderUtilizationRatio: percent,
  decoderUtilizationRatio: percent,
  memoryUsedBytes: mebibytes,
  memoryTotalBytes: mebibytes,
  memoryReservedBytes: mebibytes,
  temperatureCelsius: celsius,
  memoryTemperatureCelsius: celsius,
  powerWatts: watts,
  powerLimitWatts: watts,
  smClockHertz: megahertz,
  memoryClockHertz: megahertz,
} as const satisfies Partial<Record<FieldName & keyof GpuDevice, Quantity>>;
type QuantityName = keyof typeof quantities;

/** A GPU as read, and how many of its values could not be true. */
export interface DeviceReading {
  readonly device: GpuDevice;
  readonly rejectedValues: number;
}

/**
 * Builds a device from what the driver wrote. `cell` gives a field's text, empty where there is none.
 * Undefined where the text names no GPU: without its UUID and index nothing else in it can be believed.
 */
export function readDevice(cell: (field: FieldName) => string): DeviceReading | undefined {
  const uuid = cell('uuid');
  const index = cell('index');
  if (!/^GPU-[0-9a-f-]{8,64}$/i.test(uuid) || !/^\d{1,4}$/.test(index)) return undefined;
  const { values, rejectedValues } = readQuantities(cell);
  const device = {
    index: Number(index),
    uuid,
    model: named(cell('model')),
    pciBusId: named(cell('pciBusId')).toLowerCase(),
    migEnabled: cell('migMode') === 'Enabled',
    ...values,
  };
  return { device, rejectedValues };
}

function readQuantities(cell: (field: FieldName) => string): {
  values: Partial<Record<QuantityName, number>>;
  rejectedValues: number;
} {
  const values: Partial<Record<QuantityName, number>> = {};
  let rejectedValues = 0;
  for (const [field, quantity] of Object.entries(quantities) as [QuantityName, Quantity][]) {
    const value = readQuantity(cell(field), quantity);
    if (value === 'garbage') rejectedValues += 1;
    else if (value !== undefined) values[field] = value;
  }
  if ((values.memoryUsedBytes ?? 0) > (values.memoryTotalBytes ?? Infinity)) {
    delete values.memoryUsedBytes;
    rejectedValues += 1;
  }
  return { values, rejectedValues };
}

function named(text: string): string {
  return isUnavailable(text) ? 'unknown' : text;
}
