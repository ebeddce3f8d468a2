import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { fieldsOf } from './encoded-call.ts';
import type { EncodedCall } from './encoded-call.ts';
import { HeaderEncoder } from './header-encoder.ts';

/** Frame types and flags of HTTP/2: https://www.rfc-editor.org/rfc/rfc9113#name-frame-definitions */
const types = { data: 0, headers: 1, settings: 4, ping: 6, goAway: 7, windowUpdate: 8 } as const;
const endStream = 1;
const acknowledged = 1;
const endHeaders = 4;
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const largestWindow = 0x7fff_ffff;
const noBytes: Buffer = Buffer.alloc(0);
/** By which Go's client measures the connection, one at a time. */
const measuringPing = Buffer.from('02041010090e0707', 'hex');

/** Told how a call ended: whether a message came, and how long that took. */
type Ended = (answered: boolean, ms: number) => void;

interface Waiting {
  readonly encoded: EncodedCall;
  readonly stream: number;
  readonly deadlineMs: number | undefined;
}

/**
 * A gRPC client for load: HTTP/2 over one connection, with messages that were encoded before, and else what KEDA's client
 * was seen to send: headers by their number in a table, and a window update with a ping as soon as the ping before is
 * answered. It costs a fraction of what grpc-js's client does, so that on two cores the clients don't starve what they measure.
 */
export class GrpcLoad {
  readonly #socket: Socket;
  readonly #calls = new Map<number, { readonly startMs: number; answered: boolean; readonly ended: Ended }>();
  #nextStream = 1;
  #rest: Buffer = noBytes;
  readonly #headers = new HeaderEncoder();
  #unacknowledgedBytes = 0;
  #isMeasuring = false;
  /** Bytes of messages that the server still accepts over the connection. */
  #sendWindow = 65_535;
  readonly #waiting: Waiting[] = [];

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.setNoDelay(true);
    const settings = Buffer.from([0, 4, ...uint32(largestWindow)]);
    const window = Buffer.from(uint32(largestWindow - 65_535));
    this.#socket.write(
      Buffer.concat([preface, frame(types.settings, 0, 0, settings), frame(types.windowUpdate, 0, 0, window)]),
    );
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk));
  }

  /** Calls that have not ended yet, those that are held open left aside. */
  get open(): number {
    return this.#calls.size;
  }

  /** Opens a stream that stays open until the connection is closed, whatever it says. */
  hold(encoded: EncodedCall): void {
    this.#send(encoded);
  }

  /**
   * @param startMs when the call was due, which may be a little earlier than now
   * @param deadlineMs when the answer would come too late; told to the server, and not kept to here
   */
  call(encoded: EncodedCall, startMs: number, ended: Ended, deadlineMs?: number): void {
    this.#calls.set(this.#send(encoded, deadlineMs), { startMs, answered: false, ended });
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Returns the number of the stream. */
  #send(encoded: EncodedCall, deadlineMs?: number): number {
    const stream = this.#nextStream;
    this.#nextStream += 2;
    this.#waiting.push({ encoded, stream, deadlineMs });
    this.#flush();
    return stream;
  }

  /** Sends what waits, as far as the server's window goes. */
  #flush(): void {
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      const { stream, encoded, deadlineMs } = next;
      if (encoded.message.length > this.#sendWindow) return;
      this.#sendWindow -= encoded.message.length;
      this.#waiting.shift();
      const headers = this.#headers.encode(fieldsOf(encoded, deadlineMs));
      const head = frame(types.headers, endHeaders, stream, headers);
      this.#socket.write(Buffer.concat([head, frame(types.data, endStream, stream, encoded.message)]));
    }
  }

  #read(chunk: Buffer): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    while (bytes.length - at >= 9) {
      const length = bytes.readUIntBE(at, 3);
      if (bytes.length - at < 9 + length) break;
      const stream = bytes.readUInt32BE(at + 5) & largestWindow;
      this.#receive(bytes[at + 3] ?? 0, bytes[at + 4] ?? 0, stream, bytes.subarray(at + 9, at + 9 + length));
      at += 9 + length;
    }
    this.#rest = bytes.subarray(at);
  }

  #receive(type: number, flags: number, stream: number, payload: Buffer): void {
    if (type === types.data) this.#receiveData(stream, payload.length);
    if (type === types.windowUpdate && stream === 0) this.#widen(payload.readUInt32BE(0));
    if (type === types.ping && flags === acknowledged) this.#isMeasuring = false;
    else if (type === types.settings || type === types.ping) this.#acknowledge(type, flags, payload);
    else if (stream !== 0 && (flags & endStream) !== 0) this.#end(stream);
  }

  #acknowledge(type: number, flags: number, payload: Buffer): void {
    if (flags === acknowledged) return;
    this.#socket.write(frame(type, acknowledged, 0, type === types.ping ? payload : noBytes));
  }

  #widen(bytes: number): void {
    this.#sendWindow += bytes;
    this.#flush();
  }

  #receiveData(stream: number, bytes: number): void {
    const call = this.#calls.get(stream);
    if (call) call.answered = true;
    this.#unacknowledgedBytes += bytes;
    if (this.#isMeasuring) return;
    this.#isMeasuring = true;
    const window = Buffer.from(uint32(this.#unacknowledgedBytes));
    this.#socket.write(
      Buffer.concat([frame(types.windowUpdate, 0, 0, window), frame(types.ping, 0, 0, measuringPing)]),
    );
    this.#unacknowledgedBytes = 0;
  }

  #end(stream: number): void {
    const call = this.#calls.get(stream);
    this.#calls.delete(stream);
    call?.ended(call.answered, performance.now() - call.startMs);
  }
}

function frame(type: number, flags: number, stream: number, payload: Buffer = noBytes): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

function uint32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}
