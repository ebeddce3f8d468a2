import { connect } from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import { errorText } from '../../domain/error-text.ts';
import { prefixLength, readAnswer } from './grpc-answer.ts';
import { grpcCodes, GrpcFailure } from './grpc-failure.ts';

/** How much the server may send ahead of what was read: a node's whole list. */
const windowBytes = 1_048_576;

interface CallSettings {
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly longestMessage: number;
  /** The server is told as well, so that it does not work for nobody. */
  readonly patienceMs: number;
}

/**
 * A gRPC client for the little that is asked of a kubelet: calls of one message each way, no metadata, no compression, over
 * one connection to a unix socket. Spec: "gRPC over HTTP2" of the grpc project. docs/decisions/0008 says why it is ours.
 */
export class GrpcChannel {
  readonly #session: ClientHttp2Session;
  #trouble: Error | undefined;

  constructor(socketPath: string) {
    this.#session = connect('http://localhost', {
      createConnection: () => connectSocket(socketPath),
      settings: { enablePush: false, initialWindowSize: windowBytes },
    });
    this.#session.on('error', (error: Error) => {
      this.#trouble = error;
    });
  }

  /** False once the connection has failed, was closed here, or was declared at its end by the server. */
  get isOpen(): boolean {
    return !this.#session.closed && !this.#session.destroyed;
  }

  /** Ends the connection and all calls under way: they reject as cancelled. */
  close(): void {
    this.#session.destroy(new GrpcFailure(grpcCodes.cancelled, 'closed'));
  }

  /** Sends a message and answers the one that comes back. Rejects with GrpcFailure. */
  async call(message: Buffer, settings: CallSettings): Promise<Buffer> {
    const { patienceMs, path } = settings;
    const stream = this.#open({ ':method': 'POST', ':path': path, te: 'trailers', 'content-type': 'application/grpc', 'grpc-timeout': `${patienceMs}m` }); // prettier-ignore
    const limit = setTimeout(() => stream.destroy(new GrpcFailure(grpcCodes.cancelled, 'too late')), patienceMs);
    try {
      stream.end(frame(message));
      return await readAnswer(stream, settings.longestMessage);
    } catch (error) {
      stream.destroy();
      throw this.#explain(error);
    } finally {
      clearTimeout(limit);
    }
  }

  #open(headers: Readonly<Record<string, string>>): ClientHttp2Stream {
    try {
      return this.#session.request(headers);
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** What became of the connection says more than that its streams were ended. */
  #explain(error: unknown): GrpcFailure {
    for (const known of [error, this.#trouble]) if (known instanceof GrpcFailure) return known;
    const cause = this.#trouble ?? error;
    return new GrpcFailure(grpcCodes.unavailable, errorText(cause), cause);
  }
}

function frame(message: Buffer): Buffer {
  const prefix = Buffer.alloc(prefixLength);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}
