import type { Clock, EpochMs } from '../../domain/clock.ts';
import { ExporterTargets } from './exporter-targets.ts';
import type { Resolve } from './exporter-targets.ts';
import { parseExposition } from '../http/exposition.ts';
import type { Sample } from '../http/exposition.ts';
import type { HttpTextClient } from '../http/http-text.ts';
import { mapAtMost } from '../parallel.ts';
import { exporterMetrics, PodGpus } from './pod-gpus.ts';
import { reasonOf } from '../reasons.ts';

/** Exporters that are asked at the same time. */
const exportersAtOnce = 64;

export interface ExporterFleetOptions {
  /** Base URLs of exporters; a name that has several addresses stands for all of them. */
  readonly targets: readonly string[];
  readonly http: HttpTextClient;
  readonly clock: Clock;
  /** How long one reading of all exporters may take; who has not answered by then counts as failed. */
  readonly timeoutMs: number;
  /** A reading that is younger is shared by all who ask, so that the number of ScaledObjects costs nothing. */
  readonly maxAgeMs: number;
  /** Finds all addresses of a name; by DNS unless told otherwise. */
  readonly resolve?: Resolve;
}

/** What all exporters said at one time. */
export interface FleetReading {
  readonly observedAtMs: EpochMs;
  readonly gpus: PodGpus;
  /** How many exporters answered, of how many that were asked. */
  readonly answered: number;
  readonly asked: number;
  /** Why the others did not, in words. */
  readonly failures: readonly string[];
}

/** All exporters of the cluster, read together for all ScaledObjects. */
export class ExporterFleet {
  readonly #options: ExporterFleetOptions;
  readonly #targets: ExporterTargets;
  #last: FleetReading | undefined;
  #underWay: Promise<FleetReading> | undefined;

  /** Throws on a target that is not an http URL. */
  constructor(options: ExporterFleetOptions) {
    this.#options = options;
    this.#targets = new ExporterTargets(options.targets, options.clock, options.resolve);
  }

  /** The last reading while it is young, else a new one; never more than one at a time. Never rejects. */
  read(): Promise<FleetReading> {
    if (this.#last && this.#isYoung(this.#last)) return Promise.resolve(this.#last);
    this.#underWay ??= this.#readAll().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  #isYoung({ observedAtMs }: FleetReading): boolean {
    const ageMs = this.#options.clock.nowMs() - observedAtMs;
    // A clock that was set back must not keep a reading young for hours.
    return ageMs >= 0 && ageMs < this.#options.maxAgeMs;
  }

  async #readAll(): Promise<FleetReading> {
    const { clock, timeoutMs } = this.#options;
    const observedAtMs = clock.nowMs();
    const timeout = new AbortController();
    const cancel = clock.after(timeoutMs, () => timeout.abort());
    const { urls, failures } = await this.#targets.urls();
    const answers = await mapAtMost(exportersAtOnce, urls, (url) => this.#readOne(url, timeout.signal));
    cancel();
    const gpus = new PodGpus();
    for (const answer of answers) for (const sample of answer.samples) gpus.add(sample);
    const failed = answers.flatMap((answer) => answer.failure ?? []);
    const asked = answers.length + failures.length;
    this.#last = { observedAtMs, gpus, asked, answered: answers.length - failed.length, failures: [...failures, ...failed] }; // prettier-ignore
    return this.#last;
  }

  async #readOne(url: URL, deadline: AbortSignal): Promise<{ samples: readonly Sample[]; failure?: string }> {
    try {
      const text = await this.#options.http.text({ url, deadline });
      const { samples, truncated, unreadable } = parseExposition(text, exporterMetrics);
      if (truncated) throw new Error(`${url.host}: its answer ends in the middle of a line`);
      for (const name of unreadable) throw new Error(`${url.host}: ${name} can't be read`);
      return { samples };
    } catch (error) {
      return { samples: [], failure: reasonOf(error) };
    }
  }
}
