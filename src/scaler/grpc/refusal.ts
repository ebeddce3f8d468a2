import { cutText } from '../../domain/cut-text.ts';
import { InvalidMetadataError } from '../../policy/invalid-metadata.ts';
import { RpcError } from './rpc-error.ts';
import type { Failure } from './rpc-error.ts';

/** How an RPC ends that gets no answer. */
export interface Refusal {
  readonly failure: Failure;
  readonly details: string;
}

/** In characters. Longer details would not fit into the headers that some clients accept. */
const longestDetails = 2_000;

/**
 * What an RPC ends with when `error` was thrown. What nobody planned for is INTERNAL and says nothing of the inside. Details
 * are well-formed: of others grpc-js makes UNKNOWN, or no end at all.
 */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof InvalidMetadataError)
    return { failure: 'INVALID_ARGUMENT', details: cutText(error.message, longestDetails) };
  if (error instanceof RpcError) return { failure: error.failure, details: cutText(error.message, longestDetails) };
  return { failure: 'INTERNAL', details: 'internal error; the log of pilotlight-scaler says which' };
}
