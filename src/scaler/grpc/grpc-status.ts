import { status } from '@grpc/grpc-js';
import { cutText } from '../../domain/cut-text.ts';
import { InvalidMetadataError } from '../../policy/invalid-metadata.ts';
import { RpcError } from './rpc-error.ts';

export interface GrpcStatus {
  readonly code: status;
  readonly details: string;
}

/** In characters. Longer details would not fit into the headers that some clients accept. */
const longestDetails = 2_000;

/**
 * The status that an RPC ends with when `error` was thrown. What nobody planned for is INTERNAL and says nothing of the
 * inside. Details are well-formed: of others grpc-js makes UNKNOWN, or no end at all.
 */
export function grpcStatus(error: unknown): GrpcStatus {
  if (error instanceof InvalidMetadataError)
    return { code: status.INVALID_ARGUMENT, details: cutText(error.message, longestDetails) };
  if (error instanceof RpcError) return { code: error.code, details: cutText(error.message, longestDetails) };
  return { code: status.INTERNAL, details: 'internal error; the log of pilotlight-scaler says which' };
}
