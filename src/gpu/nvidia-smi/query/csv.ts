import type { DeviceReading } from '../device.ts';
import { readDevice } from '../device.ts';
import { splitCells } from './fields.ts';
import type { Columns, FieldName } from './fields.ts';
import { isUnavailable } from '../value.ts';

/** One line of `--query-gpu`: a GPU, and what the line says of the whole node. */
export interface CsvRow extends DeviceReading {
  /** GPUs that the driver counts; absent where it does not say. */
  readonly count?: number;
  readonly driverVersion?: string;
}

/** Reads a line under its header; undefined where it does not fit the header or names no GPU. */
export function parseRow(line: string, columns: Columns): CsvRow | undefined {
  const cells = splitCells(line);
  if (cells.length !== columns.width) return undefined;
  const cell = (field: FieldName): string => firstAvailable(cells, columns.positions.get(field) ?? []);
  const reading = readDevice(cell);
  if (!reading) return undefined;
  const count = Number(cell('count'));
  const driverVersion = cell('driverVersion');
  return {
    ...reading,
    ...(Number.isInteger(count) && count > 0 && { count }),
    ...(!isUnavailable(driverVersion) && { driverVersion }),
  };
}

function firstAvailable(cells: readonly string[], positions: readonly number[]): string {
  const texts = positions.map((position) => cells[position] ?? '');
  return texts.find((text) => !isUnavailable(text)) ?? '';
}
