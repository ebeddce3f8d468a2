import type { EpochMs } from '../../domain/clock.ts';
import type { ExporterDirectory } from '../../domain/exporter-place.ts';
import { askExporters } from './exporter-answers.ts';
import type { AskOptions, ExporterAnswers } from './exporter-answers.ts';
import { SharedReading } from './shared-reading.ts';

/** An exporter that nobody asked for so long is forgotten: the pods have moved on, or its node is gone. */
const forgetAfterMs = 60_000;

/** What was found out about some nodes. */
export interface NodesReading {
  readonly answers: readonly ExporterAnswers[];
  /** Nodes on which no exporter runs, in words. */
  readonly without: readonly string[];
  /** Nodes whose exporter could not be asked for want of its address, in words. */
  readonly unknown: readonly string[];
}

/** The exporters of nodes, each asked only for those who have pods there, and once for all of them. */
export class NodeExporters {
  readonly #directory: ExporterDirectory;
  readonly #options: AskOptions & { readonly maxAgeMs: number };
  /** By URL, so that an exporter that moved is asked at once. In the order in which they were asked last. */
  readonly #known = new Map<string, { readonly reading: SharedReading<ExporterAnswers>; askedAtMs: EpochMs }>();

  constructor(directory: ExporterDirectory, options: AskOptions & { readonly maxAgeMs: number }) {
    this.#directory = directory;
    this.#options = options;
  }

  /** Reads the exporters of these nodes. Never rejects. */
  async read(nodes: Iterable<string>): Promise<NodesReading> {
    const places = [...new Set(nodes)].map((node) => this.#directory.find(node));
    const reasons = (state: 'none' | 'unknown'): string[] =>
      places.flatMap((place) => (place.state === state ? [place.reason] : []));
    const urls = places.flatMap((place) => (place.state === 'found' ? [place.url] : []));
    const answers = await Promise.all(urls.map((url) => this.#readingOf(url).get()));
    return { answers, without: reasons('none'), unknown: reasons('unknown') };
  }

  #readingOf(url: URL): SharedReading<ExporterAnswers> {
    const askedAtMs = this.#options.clock.nowMs();
    const reading = this.#known.get(url.href)?.reading ?? this.#share(url);
    this.#known.delete(url.href);
    this.#known.set(url.href, { reading, askedAtMs });
    for (const [href, { askedAtMs: lastMs }] of this.#known) {
      if (askedAtMs - lastMs <= forgetAfterMs) break;
      this.#known.delete(href);
    }
    return reading;
  }

  #share(url: URL): SharedReading<ExporterAnswers> {
    const find = (): Promise<{ urls: URL[]; failures: string[] }> => Promise.resolve({ urls: [url], failures: [] });
    const { clock, maxAgeMs } = this.#options;
    return new SharedReading(clock, maxAgeMs, () => askExporters(find, this.#options));
  }
}
