import { ChunkedLines } from './chunked-lines.ts';
import { declaredName, isComment, isEndMark } from './comment.ts';
import type { Exposition, Sample } from './exposition.ts';
import { LabelTexts } from './label-texts.ts';
import { readValue, skipBlanks } from './line.ts';
import type { WantedNames } from './wanted-names.ts';

/** More samples than this of the wanted metrics are not kept. */
const mostSamples = 50_000;

/** https://prometheus.io/docs/specs/om/open_metrics_spec/ */
const openMetrics = /^\s*application\/openmetrics-text\s*(?:;|$)/i;
const openBrace = 123;

/**
 * Picks the samples of the wanted metrics out of a text in Prometheus' format or OpenMetrics', while its bytes arrive.
 * Lines of other metrics are stepped over without looking into them; of the text nothing is kept but a last line that is
 * not complete yet. Never throws: what it can't read, it says.
 *
 * Bytes are read as Latin-1, which is quick and never splits a character; UTF-8 only matters within labels.
 */
export class ExpositionReader {
  readonly #wanted: WantedNames;
  readonly #labels: LabelTexts;
  readonly #samples: Sample[] = [];
  readonly #unreadable = new Set<string>();
  readonly #declared = new Set<string>();
  readonly #lines = new ChunkedLines({
    line: (text, start, end) => this.#readLine(text, start, end),
    tooLong: (beginning) => this.#noteTooLong(beginning),
  });

  readonly #isOpenMetrics: boolean;
  #ended = false;
  #goesOn = false;

  /**
   * @param contentType as the server states it. OpenMetrics says with `# EOF` that it is all; in Prometheus' format, which is
   * taken for what states nothing, that is a comment like any other
   * @param labels may be shared by readers of the same kind of server, whose labels are mostly the same
   */
  constructor(wanted: WantedNames, contentType = '', labels = new LabelTexts()) {
    this.#wanted = wanted;
    this.#labels = labels;
    this.#isOpenMetrics = openMetrics.test(contentType);
  }

  write(bytes: Uint8Array): void {
    this.#lines.write(bytes);
  }

  /** @param text bytes as Latin-1, in which those of UTF-8 stand */
  writeText(text: string): void {
    this.#lines.writeText(text);
  }

  /** What was read. */
  end(): Exposition {
    const flaw = this.#samples.length >= mostSamples ? `shows ${mostSamples} series or more of what was asked for` : this.#describeEnd(); // prettier-ignore
    const read = { samples: this.#samples, unreadable: this.#unreadable, declared: this.#declared };
    return flaw === undefined ? read : { ...read, flaw };
  }

  /** What is wrong with the end. A text that ends within a line lacks that line at least, and nobody knows how many more. */
  #describeEnd(): string | undefined {
    const { unfinished } = this.#lines;
    const endsUnbroken = isEndMark(unfinished, 0, unfinished.length);
    if (unfinished !== '' && !endsUnbroken) return 'ends in the middle of a line';
    if (this.#goesOn) return 'goes on after its "# EOF"';
    const isWhole = !this.#isOpenMetrics || this.#ended || endsUnbroken;
    return isWhole ? undefined : 'is OpenMetrics and ends without "# EOF", so it was cut off';
  }

  #noteTooLong(beginning: string): void {
    const name = this.#wanted.at(beginning, skipBlanks(beginning, 0));
    if (name !== undefined) this.#unreadable.add(name);
  }

  #readLine(text: string, start: number, end: number): void {
    const at = skipBlanks(text, start);
    if (isComment(text, at)) this.#readComment(text, at, end);
    else this.#readSample(text, at, end);
  }

  #readComment(text: string, at: number, end: number): void {
    const name = declaredName(text, at, this.#wanted);
    if (name !== undefined) this.#declared.add(name);
    if (this.#isOpenMetrics && isEndMark(text, at, end)) this.#ended = true;
  }

  #readSample(text: string, at: number, end: number): void {
    const name = this.#wanted.at(text, at);
    if (name === undefined) return;
    this.#goesOn ||= this.#ended;
    const sample = this.#sampleOf(name, text, at + name.length, end);
    if (!sample) this.#unreadable.add(name);
    else if (this.#samples.length < mostSamples) this.#samples.push(sample);
  }

  /** Reads what follows a metric's name; undefined when it is not `{labels} value …`. */
  #sampleOf(name: string, text: string, afterName: number, end: number): Sample | undefined {
    const open = skipBlanks(text, afterName);
    const hasLabels = open < end && text.charCodeAt(open) === openBrace;
    const found = hasLabels ? this.#labels.read(text, open + 1, end) : { labels: noLabels, end: afterName };
    const value = found && readValue(text, found.end, end);
    return found && value !== undefined ? { name, labels: found.labels, value } : undefined;
  }
}

const noLabels: ReadonlyMap<string, string> = new Map();
