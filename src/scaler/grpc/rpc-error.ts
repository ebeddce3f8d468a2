import { status } from '@grpc/grpc-js';

/** An answer to an RPC that is not the one it asked for: a gRPC status and a sentence for the person who reads KEDA's log. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: status;

  constructor(code: status, message: string) {
    super(message);
    this.code = code;
  }
}

export function invalidArgument(message: string): RpcError {
  return new RpcError(status.INVALID_ARGUMENT, message);
}

export function unavailable(message: string): RpcError {
  return new RpcError(status.UNAVAILABLE, message);
}
