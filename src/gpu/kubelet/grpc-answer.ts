import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { grpcCodes, GrpcFailure } from './grpc-failure.ts';

/** Before each message stands one byte that says whether it is compressed, and four with its length. */
export const prefixLength = 5;

/**
 * The one message that a call answers. Where the call fails at once, its status comes in place of the headers; else it comes
 * last. Rejects with GrpcFailure, or with what became of the stream.
 */
export async function readAnswer(stream: ClientHttp2Stream, longestMessage: number): Promise<Buffer> {
  let status: IncomingHttpHeaders = {};
  let httpStatus: number | undefined;
  stream.on('response', (headers) => {
    httpStatus = headers[':status'];
    if (headers['grpc-status'] !== undefined) status = headers;
  });
  stream.on('trailers', (trailers: IncomingHttpHeaders) => {
    status = trailers;
  });
  const body = await readBody(stream, longestMessage);
  if (status['grpc-status'] === undefined) throw withoutStatus(httpStatus);
  const code = readCode(status['grpc-status']);
  if (code !== grpcCodes.ok) throw new GrpcFailure(code, readDetails(status));
  return unframe(body);
}

function withoutStatus(httpStatus: number | undefined): GrpcFailure {
  const { unavailable, unknown } = grpcCodes;
  if (httpStatus === undefined || httpStatus === 200)
    return new GrpcFailure(unavailable, 'the connection ended before the status of the call');
  return new GrpcFailure(unknown, `HTTP status ${httpStatus} in place of gRPC`);
}

/** What is no number is no success. */
function readCode(text: string | string[]): number {
  return typeof text === 'string' && /^\d{1,3}$/.test(text) ? Number(text) : grpcCodes.unknown;
}

function readBody(stream: ClientHttp2Stream, longestMessage: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    const isTooLong = length > prefixLength + longestMessage;
    if (isTooLong) stream.destroy(new GrpcFailure(grpcCodes.resourceExhausted, `more than ${longestMessage} bytes`));
  });
  return new Promise((resolve, reject) => {
    stream.once('end', () => resolve(Buffer.concat(chunks)));
    stream.once('error', reject);
    stream.once('close', () => reject(new Error('the connection ended')));
  });
}

function unframe(body: Buffer): Buffer {
  const length = body.length < prefixLength ? NaN : body.readUInt32BE(1);
  if (body.length !== prefixLength + length) throw new GrpcFailure(grpcCodes.internal, 'not one whole message');
  if (body[0] !== 0) throw new GrpcFailure(grpcCodes.internal, 'a compressed message, which nobody asked for');
  return body.subarray(prefixLength);
}

/** The text is percent-encoded; what is not well encoded is shown as it is. */
function readDetails({ 'grpc-message': encoded = '' }: IncomingHttpHeaders): string {
  const text = String(encoded);
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
