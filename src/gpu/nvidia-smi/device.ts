import { reasonsOfBits } from '../../domain/gpu.ts';
import type { GpuDevice } from '../../domain/gpu.ts';
import type { FieldName } from './query/fields.ts';
import { rejectMoreThanTotal } from '../rejections.ts';
import type { RejectedValue } from '../rejections.ts';
import { celsius, count, isUnavailable, mebibytes, megahertz, percent, readBits, readQuantity, watts, yesOrNo } from './value.ts'; // prettier-ignore
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
  graphicsClockHertz: megahertz,
  smClockHertz: megahertz,
  memoryClockHertz: megahertz,
  videoClockHertz: megahertz,
  pcieLinkGeneration: count,
  pcieLinkWidth: count,
  eccCorrectedErrors: count,
  eccUncorrectedErrors: count,
  retiredPagesCorrected: count,
  retiredPagesUncorrected: count,
  retiredPagesPending: yesOrNo,
  remappedRowsCorrected: count,
  remappedRowsUncorrected: count,
  rowRemapPending: yesOrNo,
  rowRemapFailed: yesOrNo,
} as const satisfies Partial<Record<FieldName & keyof GpuDevice, Quantity>>;
type QuantityName = keyof typeof quantities;

/** A GPU as read, and which of its values could not be true. */
export interface DeviceReading {
  readonly device: GpuDevice;
  readonly rejectedValues: readonly RejectedValue[];
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
  const bits = readBits(cell('clockEvents'));
  const device = {
    index: Number(index),
    uuid,
    model: named(cell('model')),
    pciBusId: named(cell('pciBusId')).toLowerCase(),
    migEnabled: cell('migMode') === 'Enabled',
    ...values,
    ...(typeof bits === 'bigint' && { clockEventReasons: reasonsOfBits(bits) }),
  };
  if (bits === 'unreadable') rejectedValues.push({ field: 'clockEventReasons', reason: bits });
  return { device, rejectedValues };
}

function readQuantities(cell: (field: FieldName) => string): {
  values: Partial<Record<QuantityName, number>>;
  rejectedValues: RejectedValue[];
} {
  const values: Partial<Record<QuantityName, number>> = {};
  const rejectedValues: RejectedValue[] = [];
  for (const [field, quantity] of Object.entries(quantities) as [QuantityName, Quantity][]) {
    const value = readQuantity(cell(field), quantity);
    if (typeof value === 'string') rejectedValues.push({ field, reason: value });
    else if (value !== undefined) values[field] = value;
  }
  return { values, rejectedValues: [...rejectedValues, ...rejectMoreThanTotal(values)] };
}

function named(text: string): string {
  return isUnavailable(text) ? 'unknown' : text;
}
