import { status } from '@grpc/grpc-js';
import { InvalidMetadataError } from '../../policy/invalid-metadata.ts';
import { RpcError } from './rpc-error.ts';

export interface GrpcStatus {
  readonly code: status;
  readonly details: string;
}

/** Longer details would not fit into the headers that some clients accept. */
const longestDetails = 2_000;

/** The status that an RPC ends with when `error` was thrown. What nobody planned for is INTERNAL and says nothing of the inside. */
export function grpcStatus(error: unknown): GrpcStatus {
  if (error instanceof InvalidMetadataError) return { code: status.INVALID_ARGUMENT, details: cut(error.message) };
  if (error instanceof RpcError) return { code: error.code, details: cut(error.message) };
  return { code: status.INTERNAL, details: 'internal error; the log of pilotlight-scaler says which' };
}

function cut(text: string): string {
  return text.length <= longestDetails ? text : `${text.slice(0, longestDetails)}…`;
}
