import { Counter, Gauge, Registry } from 'prom-client';
import type { Rejections } from '../gpu/rejections.ts';

export const collectors = ['gpu', 'kubelet', 'host', 'claims'] as const;
export type Collector = (typeof collectors)[number];

/** The exporter's series about itself: which of its collectors work, how old the sample is, what was thrown away. */
export class SelfSeries {
  readonly registry = new Registry();
  readonly #success = this.#gauge(
    'pilotlight_collect_success',
    'Whether the collector has a figure that describes now: 1 or 0.',
    ['collector'],
  );
  readonly #duration = this.#gauge(
    'pilotlight_collect_duration_seconds',
    'How long the last question of the collector took; the GPU loop runs by itself and has none.',
    ['collector'],
  );
  readonly #age = this.#gauge('pilotlight_sample_age_seconds', 'Age of the last GPU sample, whether it still counts or not.'); // prettier-ignore
  readonly #detailAge = this.#gauge('pilotlight_detail_age_seconds', 'Age of what nvidia-smi tells of slices and their processes, where it is asked for them.'); // prettier-ignore
  readonly #backend = this.#gauge('pilotlight_exporter_backend_info', 'What reads the GPUs; always 1.', ['backend', 'node']); // prettier-ignore
  readonly #restarts = this.#counter('pilotlight_reader_restarts_total', 'Times that reading failed and began anew.');
  readonly #rejectedLines = this.#counter('pilotlight_rejected_lines_total', 'Lines of the driver tool that could not be read.'); // prettier-ignore
  readonly #rejectedValues = this.#counter('pilotlight_rejected_readings_total', 'Values of the driver that could not be true.', ['field', 'reason']); // prettier-ignore

  constructor() {
    this.#processSeries();
  }

  setBackend(backend: string, node: string): void {
    this.#backend.set({ backend, node }, 1);
  }

  setSuccess(collector: Collector, works: boolean): void {
    this.#success.set({ collector }, works ? 1 : 0);
  }

  setDuration(collector: Collector, tookMs: number): void {
    this.#duration.set({ collector }, tookMs / 1_000);
  }

  /** Undefined while there never was a sample: then there is no series, for no age would be true. */
  setSampleAge(ageMs: number | undefined): void {
    if (ageMs === undefined) this.#age.remove();
    else this.#age.set(ageMs / 1_000);
  }

  /** Undefined where all is of one sample. */
  setDetailAge(ageMs: number | undefined): void {
    if (ageMs === undefined) this.#detailAge.remove();
    else this.#detailAge.set(ageMs / 1_000);
  }

  countRejections(rejected: Rejections): void {
    this.#rejectedLines.inc(rejected.lines);
    for (const { field, reason } of rejected.values) this.#rejectedValues.inc({ field: snakeCase(field), reason });
  }

  countRestart(): void {
    this.#restarts.inc();
  }

  /** The two figures of the process that an operator needs; prom-client's whole set costs more than the exporter itself. */
  #processSeries(): void {
    const cpu = this.#counter(
      'process_cpu_seconds_total',
      'CPU time of the exporter, without the driver tool.',
      [],
      () => {
        const { user, system } = process.cpuUsage();
        cpu.reset();
        cpu.inc((user + system) / 1_000_000);
      },
    );
    const memory = this.#gauge('process_resident_memory_bytes', 'Resident memory of the exporter.', [], () => {
      memory.set(process.memoryUsage.rss());
    });
  }

  #gauge(name: string, help: string, labelNames: readonly string[] = [], collect?: () => void): Gauge {
    return new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [this.registry],
      ...(collect && { collect }),
    });
  }

  #counter(name: string, help: string, labelNames: readonly string[] = [], collect?: () => void): Counter {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.registry], ...(collect && { collect }) }); // prettier-ignore
  }
}

/** As the name of its metric ends. */
function snakeCase(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
