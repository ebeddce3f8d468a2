type MetricType = 'gauge' | 'counter';

/** The media type of the text. */
export const contentType = 'text/plain; version=0.0.4; charset=utf-8';

/** One metric and its series. A series is named by the text of its labels: those of a GPU are written once for all its figures. */
export class Metric {
  readonly #name: string;
  readonly #head: string;
  readonly #series = new Map<string, number>();

  constructor(type: MetricType, name: string, help: string) {
    this.#name = name;
    this.#head = `# HELP ${name} ${escape(help)}\n# TYPE ${name} ${type}`;
  }

  set(labels: string, value: number): void {
    this.#series.set(labels, value);
  }

  add(labels: string, value: number): void {
    this.#series.set(labels, (this.#series.get(labels) ?? 0) + value);
  }

  /** Takes all series away; the metric itself is told all the same. */
  clear(): void {
    this.#series.clear();
  }

  text(): string {
    let text = this.#head;
    for (const [labels, value] of this.#series) text += `\n${this.#name}${labels} ${formatValue(value)}`;
    return text;
  }
}

/** Metrics that are told and emptied together, as text in the format of Prometheus, in the order in which they were made. */
export class MetricText {
  readonly #metrics: Metric[] = [];

  gauge(name: string, help: string): Metric {
    return this.#add(new Metric('gauge', name, help));
  }

  counter(name: string, help: string): Metric {
    return this.#add(new Metric('counter', name, help));
  }

  clear(): void {
    for (const metric of this.#metrics) metric.clear();
  }

  text(): string {
    return `${this.#metrics.map((metric) => metric.text()).join('\n\n')}\n`;
  }

  #add(metric: Metric): Metric {
    this.#metrics.push(metric);
    return metric;
  }
}

/** `{gpu="0",uuid="GPU-…"}`, in the order given; the empty text where there are none. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  let text = '';
  for (const [name, value] of Object.entries(labels)) text += `${text === '' ? '{' : ','}${name}="${quotable(value)}"`;
  return text === '' ? '' : `${text}}`;
}

/** The text of labels with one more behind them. */
export function withLabel(labels: string, name: string, value: string): string {
  return `${labels === '' ? '{' : `${labels.slice(0, -1)},`}${name}="${quotable(value)}"}`;
}

/** Most values hold none of the three, and all are looked at for each sample. */
function quotable(text: string): string {
  return /[\\\n"]/.test(text) ? escape(text).replaceAll('"', '\\"') : text;
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function formatValue(value: number): string {
  return Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
}
