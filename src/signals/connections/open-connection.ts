import type { Clock } from '../../domain/clock.ts';
import type { ConnectionOrigin } from '../../domain/policy.ts';
import type { SignalName } from '../../domain/signal.ts';
import type { HttpTextClient } from '../http/http-text.ts';
import type { SignalSource } from '../source.ts';
import type { Secrets } from './secrets.ts';

/** What connections are made with. */
export interface ConnectionTools {
  readonly http: HttpTextClient;
  /** The secrets of this connection alone. */
  readonly secrets: Secrets;
  readonly clock: Clock;
}

/** One named connection in use: it exists once, however many ScaledObjects read through it. */
export interface OpenConnection {
  /** A source of what `origin` names. Connects to nothing yet. */
  source(origin: ConnectionOrigin, signals: readonly SignalName[]): SignalSource;
  /** A source of the GPU figures of a workload's pods, where it is a place in which exporters' series are kept. */
  readonly gpus?: (signals: readonly SignalName[]) => SignalSource;
  /** Closes what is open; what is read at that moment fails, and so does what is read later. */
  close(): void;
}
