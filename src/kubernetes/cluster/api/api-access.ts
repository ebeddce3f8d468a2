import type { RequestOptions } from 'node:https';

/** Where the API server is, and how a client of it is let in. */
export interface ApiAccess {
  /** `https://10.96.0.1:443`, with a path where the server is behind one, and no slash at its end. */
  readonly server: string;
  /** Whom to trust and who we are, for one request: either may have been exchanged since the last. */
  credentials(): Promise<RequestOptions>;
  /** The credentials bring an agent of their own, which leads through a proxy. */
  readonly usesProxy: boolean;
}
