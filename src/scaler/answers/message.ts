import type { PemMaterial } from '../../credentials/pem-files.ts';
import type { EpochMs } from '../../domain/clock.ts';
import type { ScaledObjectRef } from '../../domain/workload.ts';
import type { Refusal } from '../grpc/refusal.ts';
import type { TriggerMetadata } from '../trigger/trigger-index.ts';

/** What KEDA's questions about one trigger are answered with. */
export type Answer =
  | {
      readonly state: 'decided';
      /** As GetMetrics answers them. */
      readonly replicas: number;
      readonly active: boolean;
      /** Whether the workload is known to stand at zero replicas. */
      readonly isAtZero: boolean;
      readonly decidedAtMs: EpochMs;
    }
  | { readonly state: 'undecided'; readonly reason: string; readonly decidedAtMs: EpochMs };

/** Said to the thread that serves gRPC. It knows triggers by numbers, once it has asked for them. */
export type ToGrpc =
  | { readonly say: 'known'; readonly question: number; readonly trigger: number; readonly answer: Answer | undefined }
  | { readonly say: 'refused'; readonly question: number; readonly refusal: Refusal }
  | { readonly say: 'answer'; readonly trigger: number; readonly answer: Answer | undefined }
  | { readonly say: 'dropped'; readonly trigger: number }
  | { readonly say: 'certificates'; readonly material: PemMaterial }
  | { readonly say: 'stop' };

/** How long calls took that ended alike, in seconds. */
export interface Durations {
  readonly method: string;
  readonly status: string;
  readonly seconds: readonly number[];
}

/** Said by that thread. */
export type FromGrpc =
  | { readonly say: 'listening'; readonly port: number }
  /** It can't listen; whether that is the operator's to mend. */
  | { readonly say: 'deaf'; readonly reason: string; readonly isOperators: boolean }
  /** Somebody asks for a trigger that is not known there. */
  | {
      readonly say: 'question';
      readonly question: number;
      readonly ref: ScaledObjectRef;
      readonly metadata: TriggerMetadata;
    }
  /** A trigger was asked for again; said once in a while. */
  | { readonly say: 'asked'; readonly trigger: number }
  /** Whether streams of it are open. */
  | { readonly say: 'held'; readonly trigger: number; readonly isHeld: boolean }
  | { readonly say: 'answered'; readonly calls: readonly Durations[] }
  | { readonly say: 'defect'; readonly stack: string }
  | { readonly say: 'stopped' };

/** One end of the line between two threads; what is posted is an array of messages. */
export interface Port {
  postMessage(messages: unknown): void;
  on(event: 'message', listener: (messages: unknown) => void): unknown;
}
