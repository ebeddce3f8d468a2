import type { EpochMs } from '../../../domain/clock.ts';

/** What the API server said of one object, and when it was last heard on the matter. */
export type Observation<T> =
  | { readonly state: 'present'; readonly value: T; readonly heardAtMs: EpochMs; readonly failure?: string }
  /** The API server answered, and there is no such thing. */
  | { readonly state: 'missing'; readonly reason: string; readonly heardAtMs: EpochMs; readonly failure?: string }
  /** Never heard so far; `failure` is absent while the first answer is awaited. */
  | { readonly state: 'unheard'; readonly failure?: string };
