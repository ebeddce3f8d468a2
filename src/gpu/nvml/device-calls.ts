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
const spare = Buffer.alloc(8);
/** `nvmlFieldValue_t`: id, scope, two times of 64 bits, type, return code, value. */
const fieldSize = 40;
const fieldBuffer = Buffer.alloc(fieldSize * fieldValues.length);

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
  return tells(library, call, ...args, scratch) ? scratch.readUInt32LE(0) : undefined;
}

/** A handle that a function writes. */
export function demandHandle(library: Library, call: FunctionName, ...args: readonly (Handle | number)[]): Handle {
  demand(library, call, ...args, scratch);
  return scratch.readBigUInt64LE(0);
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
    if (version !== undefined) scratch.writeUInt32LE(version, 0);
    if (!tells(library, call, handle, ...fixed, scratch, ...(hasSpare ? [spare] : []))) continue;
    told.add(call);
    for (const { field, offset, wide } of places) {
      figures[field] = wide ? Number(scratch.readBigUInt64LE(offset)) : scratch.readUInt32LE(offset);
    }
  }
  return figures;
}

/** The figures that are asked by number, each of which may be unknown to this GPU. */
export function readFieldValues(library: Library, handle: Handle): Record<string, number> {
  fieldBuffer.fill(0);
  for (const [position, { id, scope = 0 }] of fieldValues.entries()) {
    fieldBuffer.writeUInt32LE(id, position * fieldSize);
    fieldBuffer.writeUInt32LE(scope, position * fieldSize + 4);
  }
  if (!tells(library, 'fieldValues', handle, fieldValues.length, fieldBuffer)) return {};
  const known = [...fieldValues.entries()].flatMap(([position, { field }]) => {
    const value = fieldValue(position * fieldSize);
    return value === undefined ? [] : [[field, value]];
  });
  return Object.fromEntries(known) as Record<string, number>;
}

/** Reads `nvmlValue_t` by its type: double, unsigned int, long, long long, signed long long, signed int, short. */
function fieldValue(start: number): number | undefined {
  if (fieldBuffer.readInt32LE(start + 28) !== returnCodes.success) return undefined;
  const at = start + 32;
  switch (fieldBuffer.readUInt32LE(start + 24)) {
    case 0:
      return fieldBuffer.readDoubleLE(at);
    case 1:
      return fieldBuffer.readUInt32LE(at);
    case 2:
    case 3:
      return Number(fieldBuffer.readBigUInt64LE(at));
    case 4:
      return Number(fieldBuffer.readBigInt64LE(at));
    case 5:
      return fieldBuffer.readInt32LE(at);
    case 6:
      return fieldBuffer.readUInt16LE(at);
    default:
      return undefined;
  }
}
