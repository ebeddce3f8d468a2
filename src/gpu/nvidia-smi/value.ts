import type { RejectionReason } from '../rejections.ts';

/** How the driver writes a quantity, what it is in base units, and what can be true of it. */
export interface Quantity {
  /** As nvidia-smi writes it where units are on. */
  readonly unit: string;
  readonly toBase: (written: number) => number;
  /** Bounds of the written number. */
  readonly min: number;
  readonly max: number;
}

export const percent: Quantity = { unit: '%', toBase: (written) => written / 100, min: 0, max: 100 };
export const mebibytes: Quantity = { unit: 'MiB', toBase: (written) => written * 1_048_576, min: 0, max: 2 ** 30 };
export const megahertz: Quantity = { unit: 'MHz', toBase: (written) => written * 1_000_000, min: 0, max: 100_000 };
export const watts: Quantity = { unit: 'W', toBase: (written) => written, min: 0, max: 100_000 };
export const count: Quantity = { unit: '', toBase: (written) => written, min: 0, max: Number.MAX_SAFE_INTEGER };
/** `Yes` or `No`, read as 1 or 0. */
export const yesOrNo: Quantity = { unit: '', toBase: (written) => written, min: 0, max: 1 };
export const celsius: Quantity = { unit: 'C', toBase: (written) => written, min: -100, max: 300 };

/** What is said in words where there is no value; any word in square brackets means the same. */
const unavailable = new Set([
  '',
  '-',
  'n/a',
  'none',
  'err!',
  'not supported',
  'unknown error',
  'insufficient permissions',
  'gpu is lost',
  'gpu requires reset',
  'requested functionality has been deprecated',
]);

/** Whether the driver says that it has no such value: `[N/A]`, `[Not Supported]`, `[Unknown Error]`, nothing at all … */
export function isUnavailable(text: string): boolean {
  return text.startsWith('[') || unavailable.has(text.toLowerCase());
}

const words: Readonly<Record<string, string>> = { Yes: '1', No: '0' };

/**
 * Reads `81559`, `81559 MiB`, `100 %` or `Yes` in base units: undefined where the driver has no value, and why where what it
 * says can't be one.
 */
export function readQuantity(written: string, quantity: Quantity): number | undefined | RejectionReason {
  if (isUnavailable(written)) return undefined;
  const text = quantity === yesOrNo ? (words[written] ?? written) : written;
  const [, digits, unit] = /^(-?\d{1,15}(?:\.\d{1,6})?)(?: ?([%A-Za-z]+))?$/.exec(text) ?? [];
  if (digits === undefined || (unit !== undefined && unit !== quantity.unit)) return 'unreadable';
  const number = Number(digits);
  return number >= quantity.min && number <= quantity.max ? quantity.toBase(number) : 'out-of-range';
}

/** Reads `0x0000000000000004`: undefined where the driver has no value, and why where it is none. */
export function readBits(text: string): bigint | undefined | RejectionReason {
  if (isUnavailable(text)) return undefined;
  return /^0x[0-9a-f]{1,16}$/i.test(text) ? BigInt(text) : 'unreadable';
}
