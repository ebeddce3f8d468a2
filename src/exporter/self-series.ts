import type { Rejections } from '../gpu/rejections.ts';
import { labelText, MetricText } from './metric-text.ts';

export const collectors = ['gpu', 'kubelet', 'host', 'claims'] as const;
export type Collector = (typeof collectors)[number];

/** The exporter's series about itself: which of its collectors work, how old the sample is, what was thrown away. */
export class SelfSeries {
  /** All series of the exporter that no GPU sample makes. */
  readonly text = new MetricText();
  readonly #success = this.text.gauge('pilotlight_collect_success', 'Whether the collector has a figure that describes now: 1 or 0.'); // prettier-ignore
  readonly #duration = this.text.gauge('pilotlight_collect_duration_seconds', 'How long the last question of the collector took; the GPU loop runs by itself and has none.'); // prettier-ignore
  readonly #age = this.text.gauge('pilotlight_sample_age_seconds', 'Age of the last GPU sample, whether it still counts or not.'); // prettier-ignore
  readonly #detailAge = this.text.gauge('pilotlight_detail_age_seconds', 'Age of what nvidia-smi tells of slices and their processes, where it is asked for them.'); // prettier-ignore
  readonly #lost = this.text.gauge('pilotlight_lost_gpus', 'GPUs that the driver counts and does not show.');
  readonly #backend = this.text.gauge('pilotlight_exporter_backend_info', 'What reads the GPUs; always 1.'); // prettier-ignore
  readonly #restarts = this.text.counter(
    'pilotlight_reader_restarts_total',
    'Times that reading failed and began anew.',
  );
  readonly #rejectedLines = this.text.counter('pilotlight_rejected_lines_total', 'Lines of the driver tool that could not be read.'); // prettier-ignore
  readonly #rejectedValues = this.text.counter('pilotlight_rejected_readings_total', 'Values of the driver that could not be true.'); // prettier-ignore

  readonly #cpu = this.text.counter('process_cpu_seconds_total', 'CPU time of the exporter, without the driver tool.');
  readonly #memory = this.text.gauge('process_resident_memory_bytes', 'Resident memory of the exporter.');

  constructor() {
    for (const counter of [this.#restarts, this.#rejectedLines]) counter.set('', 0);
  }

  setBackend(backend: string, node: string): void {
    this.#backend.set(labelText({ backend, node }), 1);
  }

  setSuccess(collector: Collector, works: boolean): void {
    this.#success.set(labelText({ collector }), works ? 1 : 0);
  }

  setDuration(collector: Collector, tookMs: number): void {
    this.#duration.set(labelText({ collector }), tookMs / 1_000);
  }

  /** Undefined while there never was a sample: then there is no series, for no age would be true. */
  setSampleAge(ageMs: number | undefined): void {
    if (ageMs === undefined) this.#age.clear();
    else this.#age.set('', ageMs / 1_000);
  }

  /** Undefined where all is of one sample. */
  setDetailAge(ageMs: number | undefined): void {
    if (ageMs === undefined) this.#detailAge.clear();
    else this.#detailAge.set('', ageMs / 1_000);
  }

  /** Undefined while there is no sample that describes now. */
  setLostGpus(count: number | undefined): void {
    if (count === undefined) this.#lost.clear();
    else this.#lost.set('', count);
  }

  countRejections(rejected: Rejections): void {
    this.#rejectedLines.add('', rejected.lines);
    for (const { field, reason } of rejected.values)
      this.#rejectedValues.add(labelText({ field: snakeCase(field), reason }), 1);
  }

  countRestart(): void {
    this.#restarts.add('', 1);
  }

  /** Reads what the process itself uses: the two figures that an operator needs. */
  readProcess(): void {
    const { user, system } = process.cpuUsage();
    this.#cpu.set('', (user + system) / 1_000_000);
    this.#memory.set('', process.memoryUsage.rss());
  }
}

/** As the name of its metric ends. */
function snakeCase(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
