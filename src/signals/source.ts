import type { Coverage } from '../domain/reading.ts';
import type { EpochMs } from '../domain/clock.ts';
import type { SignalName } from '../domain/signal.ts';
import type { Workload } from '../domain/workload.ts';

/** What a source says of one signal when it could be asked. */
export type Measurement =
  | {
      readonly state: 'measured';
      /** In the signal's unit, over all pods of the workload, as the signal combines them. */
      readonly value: number;
      readonly coverage: Coverage;
      readonly note?: string;
      /** More replicas than this would find nothing to do, where the source knows. */
      readonly mostReplicas?: number;
      /** The parts of the sum by pod, of those that were heard. */
      readonly byPod?: ReadonlyMap<string, number>;
      /** When the number was true, where the source knows better than "now". */
      readonly observedAtMs?: EpochMs;
      /** How long after that it describes now, where the source's pace is slower than that of our reads. */
      readonly describesForMs?: number;
    }
  | {
      readonly state: 'absent';
      readonly reason: string;
      /** Complete where all were heard and nothing is missing: there is no such number now. */
      readonly coverage: Coverage;
    };

/** One answer for each signal that was asked for. */
export type Measurements = ReadonlyMap<SignalName, Measurement>;

/**
 * One place where signals are read for one ScaledObject: its engine pods, an exporter fleet, a query, a queue.
 *
 * A source just reads. It keeps no time of its own, does not log, does not retry and does not remember: the runner does
 * all that. The one exception is what a counter stood at (engines/counters/pod-counters.ts): a rate takes two readings, and is
 * absent until there are. It never turns a number that is missing, unreadable, negative or not finite into 0: such a signal is
 * `absent`. When nothing can be read at all it rejects, with a message that names who was asked and what went wrong, and
 * no secret. It gives up when `deadline` is aborted.
 */
export interface SignalSource {
  /** As a person would call it: `vllm pods`, `prometheus gateway`, `redis jobs`. */
  readonly label: string;
  /** The signals it was made for. */
  readonly signals: readonly SignalName[];
  read(workload: Workload, deadline: AbortSignal): Promise<Measurements>;
}
