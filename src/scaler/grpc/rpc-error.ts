/** What an RPC may end with in the place of an answer, by the names of https://grpc.io/docs/guides/status-codes/. */
export type Failure = 'INVALID_ARGUMENT' | 'RESOURCE_EXHAUSTED' | 'INTERNAL' | 'UNAVAILABLE';

/** An answer to an RPC that is not the one it asked for: a gRPC status and a sentence for the person who reads KEDA's log. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly failure: Failure;

  constructor(failure: Failure, message: string) {
    super(message);
    this.failure = failure;
  }
}

export function invalidArgument(message: string): RpcError {
  return new RpcError('INVALID_ARGUMENT', message);
}

export function unavailable(message: string): RpcError {
  return new RpcError('UNAVAILABLE', message);
}
