/** The codes of gRPC that are told apart here. */
export const grpcCodes = { ok: 0, cancelled: 1, unknown: 2, resourceExhausted: 8, unimplemented: 12, internal: 13, unavailable: 14 } as const; // prettier-ignore

/** A call that came to nothing: what the server said of it, or what became of the connection. */
export class GrpcFailure extends Error {
  override readonly name = 'GrpcFailure';
  /** One of gRPC's, from 1 to 16. */
  readonly code: number;

  constructor(code: number, details: string, cause?: unknown) {
    super(details, { cause });
    this.code = code;
  }
}
