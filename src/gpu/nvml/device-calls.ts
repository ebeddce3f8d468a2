import { fieldValues } from './figures.ts';
import type { deviceCalls } from './figures.ts';
import type { FunctionName } from './functions.ts';
import type { Argument, Handle, Library } from './library.ts';
import { returnCodes } from './return-codes.ts';

/** The driver's answer to a call that nothing can go on without. */
export class DriverError extends Error {
  override readonly name = 'DriverError';
  readonly call: FunctionName;
  readonly code: number;

  constructor(call: FunctionName, code: number) {
    super(`${call}: ${code}`);
    this.call = call;
    this.code = code;
  }

  /** The driver or the library is gone, not one GPU. */
  get isFatal(): boolean {
    return fatal.has(this.code);
  }
}

const fatal = new Set<number>([returnCodes.uninitialized, returnCodes.driverNotLoaded, returnCodes.versionMismatch]);
/** What a device that is gone answers to any call. */
const gone = new Set<number>([...fatal, returnCodes.gpuIsLost, returnCodes.resetRequired]);

const textLength = 96;
const scratch = Buffer.alloc(128);
const scratchView = viewOf(scratch);
const spare = Buffer.alloc(8);
/** `nvmlFieldValue_t`: id, scope, two times of 64 bits, type, return code, value. */
const fieldSize = 40;
const fieldQuestion = Buffer.alloc(fieldSize * fieldValues.length);
for (const [position, { id, scope = 0 }] of fieldValues.entries()) {
  fieldQuestion.writeUInt32LE(id, position * fieldSize);
  fieldQuestion.writeUInt32LE(scope, position * fieldSize + 4);
}
const fieldBuffer = Buffer.alloc(fieldQuestion.length);
const fieldView = viewOf(fieldBuffer);

/** Numbers are read from it in one step; a Buffer's own functions are code that is interpreted here. */
export function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
}

/** Calls what must succeed; throws DriverError where it does not. */
export function demand(library: Library, call: FunctionName, ...args: readonly Argument[]): void {
  const code = library.call(call, ...args);
  if (code !== returnCodes.success) throw new DriverError(call, code);
}

/** Calls what a device may not support: whether it told. Throws DriverError where the device is gone. */
export function tells(library: Library, call: FunctionName, ...args: readonly Argument[]): boolean {
  return isTold(call, library.call(call, ...args));
}

/** Whether a return code means that the device told. Throws DriverError where it means that the device is gone. */
export function isTold(call: FunctionName, code: number): boolean {
  if (gone.has(code)) throw new DriverError(call, code);
  return code === returnCodes.success;
}

export function readNumber(
  library: Library,
  call: FunctionName,
  ...args: readonly (Handle | number)[]
): number | undefined {
  // prettier-ignore
  return tells(library, call, ...args, scratch) ? scratchView.getUint32(0, true) : undefined;
}

/** A handle that a function writes. */
export function demandHandle(library: Library, call: FunctionName, ...args: readonly (Handle | number)[]): Handle {
  demand(library, call, ...args, scratch);
  return scratchView.getBigUint64(0, true);
}

export function readText(library: Library, call: FunctionName, ...args: readonly Handle[]): string | undefined {
  return tells(library, call, ...args, scratch, textLength) ? untilZero(scratch, 0, textLength) : undefined;
}

/** The bus ID of `nvmlPciInfo_t`, 68 bytes, at their end. */
export function readBusId(library: Library, device: Handle): string | undefined {
  return tells(library, 'pciInfo', device, scratch) ? untilZero(scratch, 36, 68) : undefined;
}

function untilZero(buffer: Buffer, from: number, to: number): string {
  const end = buffer.indexOf(0, from);
  return buffer.toString('latin1', from, end < 0 || end > to ? to : end);
}

/** The figures that the calls tell, in the library's units. */
export function readFigures(library: Library, handle: Handle, calls: typeof deviceCalls): Record<string, number> {
  const figures: Record<string, number> = {};
  const told = new Set<FunctionName>();
  for (const { call, arguments: fixed = [], version, spare: hasSpare, insteadOf, places } of calls) {
    if (insteadOf !== undefined && told.has(insteadOf)) continue;
    scratch.fill(0);
    if (version !== undefined) scratchView.setUint32(0, version, true);
    if (!tells(library, call, handle, ...fixed, scratch, ...(hasSpare ? [spare] : []))) continue;
    told.add(call);
    for (const { field, offset, wide } of places) {
      figures[field] = wide ? Number(scratchView.getBigUint64(offset, true)) : scratchView.getUint32(offset, true);
    }
  }
  return figures;
}

/** The figures that are asked by number, each of which may be unknown to this GPU. */
export function readFieldValues(library: Library, handle: Handle): Record<string, number> {
  fieldBuffer.set(fieldQuestion);
  if (!tells(library, 'fieldValues', handle, fieldValues.length, fieldBuffer)) return {};
  const figures: Record<string, number> = {};
  for (const [position, { field }] of fieldValues.entries()) {
    const value = fieldValue(position * fieldSize);
    if (value !== undefined) figures[field] = value;
  }
  return figures;
}

/** Reads `nvmlValue_t` by its type: double, unsigned int, long, long long, signed long long, signed int, short. */
function fieldValue(start: number): number | undefined {
  if (fieldView.getInt32(start + 28, true) !== returnCodes.success) return undefined;
  const at = start + 32;
  switch (fieldView.getUint32(start + 24, true)) {
    case 0:
      return fieldView.getFloat64(at, true);
    case 1:
      return fieldView.getUint32(at, true);
    case 2:
    case 3:
      return Number(fieldView.getBigUint64(at, true));
    case 4:
      return Number(fieldView.getBigInt64(at, true));
    case 5:
      return fieldView.getInt32(at, true);
    case 6:
      return fieldView.getUint16(at, true);
    default:
      return undefined;
  }
}
