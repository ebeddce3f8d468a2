import type { HeaderField } from './header-encoder.ts';

/** What goes over the wire for one call. A server that refuses it sends no message, only trailers. */
export interface EncodedCall {
  /** All that are not the deadline. */
  readonly fields: readonly HeaderField[];
  readonly message: Buffer;
}

/** What the KEDA of scripts/install-kube.sh sends with each call behind the path, in this order. */
const sameInAll: readonly HeaderField[] = [
  [':authority', 'localhost:6000'],
  ['content-type', 'application/grpc'],
  ['user-agent', 'grpc-go/1.84.0'],
  ['te', 'trailers'],
  ['grpc-accept-encoding', 'zstd,gzip'],
];

/** @param message without the five bytes that gRPC puts before it */
export function encodeCall(path: string, message: Buffer): EncodedCall {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return { fields: [[':path', path], ...sameInAll], message: Buffer.concat([prefix, message]) };
}

/** The headers of a call; the time that is left until its deadline is told in microseconds, as Go does. */
export function fieldsOf({ fields }: EncodedCall, deadlineMs: number | undefined): readonly HeaderField[] {
  return deadlineMs === undefined ? fields : [...fields, ['grpc-timeout', `${leftMicroseconds(deadlineMs)}u`]];
}

function leftMicroseconds(deadlineMs: number): number {
  return Math.max(1, Math.round((deadlineMs - performance.now()) * 1_000));
}
