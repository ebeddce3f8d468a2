import { cut } from '../reasons.ts';

const reasonOfCode: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'closed the connection before its answer was complete',
  EPIPE: 'closed the connection before its answer was complete',
  HPE_INVALID_EOF_STATE: 'closed the connection before its answer was complete',
  ENOTFOUND: 'has no address',
  EAI_AGAIN: 'has no address: the name server did not answer',
  EHOSTUNREACH: "can't be reached",
  ENETUNREACH: "can't be reached",
  ETIMEDOUT: 'did not answer in time',
  ABORT_ERR: 'did not answer in time',
};

/**
 * What went wrong between us and `host`, in words: `10.0.0.7:8000 refused the connection`. Made from the error's code
 * alone where there is one, because messages and fields of foreign errors may hold what was sent.
 */
export function describeNetworkError(host: string, error: unknown): Error {
  const code = errorCode(error);
  const reason = code === undefined ? undefined : (reasonOfCode[code] ?? `failed with ${code}`);
  return new Error(`${host} ${reason ?? `failed: ${cut(error instanceof Error ? error.message : 'unknown error')}`}`);
}

export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
