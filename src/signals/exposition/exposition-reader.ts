import type { Exposition, Sample } from './exposition.ts';
import { LabelTexts } from './label-texts.ts';
import { isBlank, readValue, skipBlanks } from './line.ts';
import type { WantedNames } from './wanted-names.ts';

/** A line that is longer than this is none that an exporter writes, and is not kept. */
const longestLine = 65_536;
/** More samples than this of the wanted metrics are not kept. */
const mostSamples = 50_000;

const hash = 35;
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
  #rest = '';
  /** The rest of a line that is too long is dropped until it ends. */
  #inLongLine = false;
  #ended = false;

  /** @param labels may be shared by readers of the same kind of server, whose labels are mostly the same */
  constructor(wanted: WantedNames, labels = new LabelTexts()) {
    this.#wanted = wanted;
    this.#labels = labels;
  }

  write(bytes: Uint8Array): void {
    if (this.#ended) return;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    let end = text.indexOf('\n');
    if (end === -1) {
      this.#keepRest(this.#rest + text);
      return;
    }
    // Only the line that began before is put together; to look into a text that was is slow.
    const first = this.#rest + text.slice(0, end + 1);
    let isEnd = this.#endLine(first, 0, first.length - 1);
    let start = end + 1;
    for (end = text.indexOf('\n', start); end !== -1 && !isEnd; end = text.indexOf('\n', start)) {
      isEnd = this.#endLine(text, start, end);
      start = end + 1;
    }
    this.#keepRest(isEnd ? '' : text.slice(start));
  }

  /** What was read. A text that ends within a line lacks that line at least, and nobody knows how many more. */
  end(): Exposition {
    const isCut = !this.#ended && (this.#inLongLine || this.#rest !== '') && !isEndMark(this.#rest, 0);
    const flaw = this.#samples.length >= mostSamples ? `shows ${mostSamples} series or more of what was asked for` : isCut ? 'ends in the middle of a line' : undefined; // prettier-ignore
    const read = { samples: this.#samples, unreadable: this.#unreadable, declared: this.#declared };
    return flaw === undefined ? read : { ...read, flaw };
  }

  #keepRest(rest: string): void {
    this.#rest = rest;
    if (rest.length <= longestLine) return;
    const name = this.#wanted.at(rest, skipBlanks(rest, 0));
    if (!this.#inLongLine && name !== undefined) this.#unreadable.add(name);
    this.#inLongLine = true;
    this.#rest = '';
  }

  /** Reads the line that ends at `end`; answers whether it ends the text. */
  #endLine(text: string, start: number, end: number): boolean {
    if (this.#inLongLine) this.#inLongLine = false;
    else this.#readLine(text, start, end);
    return this.#ended;
  }

  #readLine(text: string, start: number, end: number): void {
    const at = isBlank(text.charCodeAt(start)) ? skipBlanks(text, start) : start;
    if (text.charCodeAt(at) === hash) this.#readComment(text, at);
    else this.#readSample(text, at, end);
  }

  #readComment(text: string, at: number): void {
    if (isEndMark(text, at)) this.#ended = true;
    if (!text.startsWith('# TYPE ', at)) return;
    const name = this.#wanted.at(text, skipBlanks(text, at + '# TYPE '.length));
    if (name !== undefined) this.#declared.add(name);
  }

  #readSample(text: string, at: number, end: number): void {
    const name = this.#wanted.at(text, at);
    if (name === undefined) return;
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

/** The end of a text in OpenMetrics. */
function isEndMark(text: string, at: number): boolean {
  return text.startsWith('# EOF', at);
}
