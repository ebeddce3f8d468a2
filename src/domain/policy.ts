import type { Calendar } from './calendar.ts';
import type { EngineName } from './engine.ts';
import type { KeyMode } from './key-mode.ts';
import type { SignalName } from './signal.ts';
import type { Step } from './step.ts';

/** Where a signal is read. Sources that are equal are read once for all the signals that name them. */
export type SignalOrigin =
  | {
      readonly kind: 'engine';
      readonly engine: EngineName;
      readonly port: number;
      readonly path: string;
      readonly modelName?: string;
    }
  /** Exporters of GPU figures: pilotlight's own, or NVIDIA's. */
  | { readonly kind: 'exporter' | 'dcgm' }
  /** A connection that keeps what such exporters said: it is asked for the figures of the workload's pods. */
  | { readonly kind: 'gpu-connection'; readonly connection: string }
  | {
      readonly kind: 'connection';
      readonly connection: string;
      /** PromQL, or a JSON pointer: what is asked of a connection that answers questions. */
      readonly query?: string;
      /** Queue, list, stream, topic …: what is looked at in a connection that keeps work. */
      readonly key?: string;
      /** Who consumes it, where there may be several. */
      readonly group?: string;
      /** How the key is to be read, where there are several ways. */
      readonly mode?: KeyMode;
    };

export type ConnectionOrigin = Extract<SignalOrigin, { kind: 'connection' }>;

export interface SignalPlan {
  readonly signal: SignalName;
  readonly origin: SignalOrigin;
  /** Wanted value per replica, in the signal's unit; a signal without one does not bid, but counts for idleness. */
  readonly target?: number;
  /**
   * The user asked for it, so losing it holds the replicas. A signal that is only looked at because it is there (GPU
   * readings that nobody configured) vetoes idleness while fresh and is ignored otherwise.
   */
  readonly required: boolean;
}

/** What one trigger of a ScaledObject asks for: total, validated, and free of anything foreign. */
export interface Policy {
  readonly calendar?: Calendar;
  /** Outside business hours: zero unless there is demand, or zero whatever the demand. */
  readonly offHours: 'on-demand' | 'closed';
  readonly offHoursMaxReplicas?: number;
  /** How long before a window opens its floor is asked for; `auto` leaves it to the scaler. */
  readonly warmLeadMs: number | 'auto';
  readonly drainTimeoutMs: number;
  readonly idleAfterMs: number;
  readonly startupTimeoutMs: number;
  /** More than this many waiting requests wake the workload from zero. */
  readonly queueActivation: number;
  readonly onSignalLoss: 'hold' | 'error' | 'ignore';
  readonly signals: readonly SignalPlan[];
  /** How replicas change where there is no target to hold a signal against. */
  readonly steps: readonly Step[];
  /** Label selector, only where the workload can't be resolved from the ScaledObject. */
  readonly podSelector?: string;
  /** What is legal but will surprise, with what to write instead. */
  readonly warnings: readonly string[];
}
