import type { EpochMs } from '../../domain/clock.ts';
import type { ExporterDirectory } from '../../domain/exporter-place.ts';
import type { Pod } from '../../domain/workload.ts';
import { askExporters } from './exporter-answers.ts';
import type { AskOptions, ExporterAnswers } from './exporter-answers.ts';
import { ExporterTargets } from './exporter-targets.ts';
import type { Resolve } from './exporter-targets.ts';
import { NodeExporters } from './node-exporters.ts';
import type { PodGpus } from './pod-gpus.ts';
import { SharedReading } from './shared-reading.ts';

export interface ExporterFleetOptions extends AskOptions {
  /** Base URLs of exporters; a name that has several addresses stands for all of them. All are read, whoever asks. */
  readonly targets: readonly string[];
  /** Where the exporters of nodes are; of these only those are read on whose nodes there are pods that somebody asks for. */
  readonly directory?: ExporterDirectory;
  /** A reading that is younger is shared by all who ask. */
  readonly maxAgeMs: number;
  /** Finds all addresses of a name; by DNS unless told otherwise. */
  readonly resolve?: Resolve;
}

/** What the exporters said of some pods. */
export interface FleetReading {
  /** When the oldest part of it was observed. */
  readonly observedAtMs: EpochMs;
  /** By exporter, or group of exporters: a pod is on one node, so one of them tells all of it. */
  readonly gpus: readonly PodGpus[];
  /** How many exporters answered, of how many that were asked or should have been. */
  readonly answered: number;
  readonly asked: number;
  /** Why the others did not, in words. */
  readonly failures: readonly string[];
  /** Nodes of these pods on which no exporter runs, in words. */
  readonly without: readonly string[];
}

/** The exporters of the cluster, each read once for all ScaledObjects, and only where it has something to tell. */
export class ExporterFleet {
  readonly #all: SharedReading<ExporterAnswers> | undefined;
  readonly #byNode: NodeExporters | undefined;
  readonly #nowMs: () => EpochMs;

  /** Throws on a target that is no URL of an exporter. */
  constructor(options: ExporterFleetOptions) {
    const { clock, targets, directory, maxAgeMs } = options;
    const named = new ExporterTargets(targets, clock, options.resolve);
    const readAll = (): Promise<ExporterAnswers> => askExporters(() => named.urls(), options);
    if (targets.length > 0) this.#all = new SharedReading(clock, maxAgeMs, readAll);
    if (directory) this.#byNode = new NodeExporters(directory, options);
    this.#nowMs = () => clock.nowMs();
  }

  /** What exporters tell of these pods. Never rejects. */
  async read(pods: readonly Pod[]): Promise<FleetReading> {
    const nodes = pods.flatMap(({ node }) => node ?? []);
    const [all, byNode] = await Promise.all([this.#all?.get(), this.#byNode?.read(nodes)]);
    const answers = [...(byNode?.answers ?? []), ...(all ? [all] : [])];
    const unknown = byNode?.unknown ?? [];
    return {
      observedAtMs: answers.reduce((oldest, { observedAtMs }) => Math.min(oldest, observedAtMs), this.#nowMs()),
      gpus: answers.map(({ gpus }) => gpus),
      answered: answers.reduce((sum, { answered }) => sum + answered, 0),
      asked: answers.reduce((sum, { asked }) => sum + asked, unknown.length),
      failures: [...unknown, ...answers.flatMap(({ failures }) => failures)],
      without: byNode?.without ?? [],
    };
  }
}
