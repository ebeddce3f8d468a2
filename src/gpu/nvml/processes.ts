import type { FunctionName } from './functions.ts';
import type { Handle, Library } from './library.ts';
import type { RawBusy, RawProcess } from './message.ts';
import { isTold } from './device-calls.ts';
import { returnCodes } from './return-codes.ts';

/** `nvmlProcessInfo_t`: pid, bytes, GPU instance, compute instance. */
const infoSize = 24;
/** `nvmlProcessUtilizationSample_t`: pid, time in microseconds, percents of SM, memory, encoder, decoder. */
const busySize = 32;
/** What the driver writes where it does not know the memory. */
const unknownBytes = 0xffff_ffff_ffff_ffffn;
/** The driver samples processes about once a second: asked more often it would tell of none. */
const busyIntervalMs = 900;

const lists: readonly FunctionName[] = ['computeProcesses', 'graphicsProcesses', 'mpsProcesses'];
const count = Buffer.alloc(4);
let buffer = Buffer.alloc(64 * infoSize);

/** The processes of a GPU or slice, each once whatever it uses it for; undefined where the driver tells none of its lists. */
export function readProcesses(library: Library, handle: Handle): RawProcess[] | undefined {
  const byPid = new Map<number, number | null>();
  let told = false;
  for (const list of lists) {
    if (!fill(library, list, handle)) continue;
    told = true;
    for (let at = 0; at < count.readUInt32LE(0) * infoSize; at += infoSize) {
      const bytes = buffer.readBigUInt64LE(at + 8);
      const held = bytes === unknownBytes ? null : Number(bytes);
      const pid = buffer.readUInt32LE(at);
      byPid.set(pid, larger(byPid.get(pid) ?? null, held));
    }
  }
  return told ? [...byPid] : undefined;
}

function larger(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}

/** Which processes of one GPU ran kernels, remembered between two answers of the driver. */
export class BusyProcesses {
  #lastSeen = 0n;
  #askedAtMs = -Infinity;
  #busy: RawBusy[] | undefined;

  /** Undefined at first, and where the driver does not tell: the first answer spans all that it ever sampled. */
  read(library: Library, device: Handle, nowMs: number): RawBusy[] | undefined {
    if (Math.abs(nowMs - this.#askedAtMs) < busyIntervalMs) return this.#busy;
    const elapsedMs = nowMs - this.#askedAtMs;
    this.#askedAtMs = nowMs;
    // Before a clock that was set back the driver would tell nothing new for as long.
    if (elapsedMs < 0) this.#lastSeen = 0n;
    const isFirst = this.#lastSeen === 0n;
    const latest = this.#readLatest(library, device, elapsedMs);
    this.#busy = isFirst ? undefined : latest;
    return this.#busy;
  }

  #readLatest(library: Library, device: Handle, elapsedMs: number): RawBusy[] | undefined {
    const answer = fillBusy(library, device, this.#lastSeen);
    if (answer === 'none') {
      // Nothing ran until now, so the next answer is not to spread over this time.
      this.#lastSeen = this.#lastSeen > 1n ? this.#lastSeen + BigInt(Math.trunc(elapsedMs * 1_000)) : 1n;
      return [];
    }
    if (answer === 'untold') return undefined;
    const byPid = new Map<number, { readonly atUs: bigint; readonly percent: number }>();
    for (let at = 0; at < count.readUInt32LE(0) * busySize; at += busySize) {
      const pid = buffer.readUInt32LE(at);
      const atUs = buffer.readBigUInt64LE(at + 8);
      if (atUs > this.#lastSeen) this.#lastSeen = atUs;
      if (atUs >= (byPid.get(pid)?.atUs ?? 0n)) byPid.set(pid, { atUs, percent: buffer.readUInt32LE(at + 16) });
    }
    return [...byPid].map(([pid, { percent }]) => [pid, percent]);
  }
}

/** `nvmlDeviceGetProcessUtilization` takes its count after the buffer, and answers "not found" where nothing ran. */
function fillBusy(library: Library, device: Handle, lastSeen: bigint): 'some' | 'none' | 'untold' {
  for (;;) {
    count.writeUInt32LE(Math.floor(buffer.length / busySize), 0);
    const code = library.call('processUtilization', device, buffer, count, lastSeen);
    if (code === returnCodes.notFound) return 'none';
    if (code !== returnCodes.insufficientSize) return code === returnCodes.success ? 'some' : 'untold';
    if (!grow(busySize)) return 'untold';
  }
}

/** Fills the buffer with a list, as long as it may be. */
function fill(library: Library, call: FunctionName, handle: Handle): boolean {
  for (;;) {
    count.writeUInt32LE(Math.floor(buffer.length / infoSize), 0);
    const code = library.call(call, handle, count, buffer);
    if (code !== returnCodes.insufficientSize) return isTold(call, code);
    if (!grow(infoSize)) return false;
  }
}

/** More than any node runs; a driver that asks for more is not believed. */
const longestList = 1_000_000;

/** Makes room for as many entries as the driver counts, and some that may come meanwhile; false where that can't be it. */
function grow(size: number): boolean {
  const wanted = count.readUInt32LE(0);
  if (wanted > longestList || wanted * size <= buffer.length) return false;
  buffer = Buffer.alloc((wanted + 32) * size);
  return true;
}
