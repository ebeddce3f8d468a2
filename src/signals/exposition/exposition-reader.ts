import type { Exposition, Sample } from './exposition.ts';
import { LabelTexts } from './label-texts.ts';
import { endOfName, isBlank, readValue, skipBlanks } from './line.ts';

/** A line that is longer than this is none that an exporter writes, and is not kept. */
const longestLine = 65_536;
/** More samples than this of the wanted metrics are not kept. */
const mostSamples = 50_000;

const hash = 35;
const openBrace = 123;
const noName = '\n';

/**
 * Picks the samples of the wanted metrics out of a text in Prometheus' format or OpenMetrics', while its bytes arrive.
 * Lines of other metrics are stepped over without looking into them; of the text nothing is kept but a last line that is
 * not complete yet. Never throws: what it can't read, it says.
 *
 * Bytes are read as Latin-1, which is quick and never splits a character; UTF-8 only matters within labels.
 */
export class ExpositionReader {
  readonly #wanted: ReadonlySet<string>;
  readonly #labels: LabelTexts;
  readonly #samples: Sample[] = [];
  readonly #unreadable = new Set<string>();
  readonly #declared = new Set<string>();
  #rest = '';
  /** The rest of a line that is too long is dropped until it ends. */
  #inLongLine = false;
  /** How the last line of an unwanted metric began; the next ones are most often of the same. */
  #unwanted = noName;
  #ended = false;

  /** @param labels may be shared by readers of the same kind of server, whose labels are mostly the same */
  constructor(wanted: ReadonlySet<string>, labels = new LabelTexts()) {
    this.#wanted = wanted;
    this.#labels = labels;
  }

  write(bytes: Uint8Array): void {
    if (this.#ended) return;
    const known = this.#rest.length;
    const text = this.#rest + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    let start = 0;
    let end = text.indexOf('\n', known);
    while (end !== -1 && !this.#endLine(text, start, end)) {
      start = end + 1;
      end = text.indexOf('\n', start);
    }
    if (end === -1) this.#keepRest(text.slice(start));
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
    const at = skipBlanks(rest, 0);
    const name = rest.slice(at, endOfName(rest, at, rest.length));
    if (!this.#inLongLine && this.#wanted.has(name)) this.#unreadable.add(name);
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
    if (text.startsWith(this.#unwanted, start)) return;
    const at = isBlank(text.charCodeAt(start)) ? skipBlanks(text, start) : start;
    if (text.charCodeAt(at) === hash) this.#readComment(text, at, end);
    else this.#readSample(text, at, end);
  }

  #readComment(text: string, at: number, end: number): void {
    if (isEndMark(text, at)) this.#ended = true;
    if (!text.startsWith('# TYPE ', at)) return;
    const nameAt = skipBlanks(text, at + '# TYPE '.length);
    const name = text.slice(nameAt, endOfName(text, nameAt, end));
    if (this.#wanted.has(name)) this.#declared.add(name);
  }

  #readSample(text: string, at: number, end: number): void {
    const afterName = endOfName(text, at, end);
    if (afterName === at) return;
    const name = text.slice(at, afterName);
    if (!this.#wanted.has(name)) {
      if (afterName < end) this.#unwanted = text.slice(at, afterName + 1);
      return;
    }
    const sample = this.#sampleOf(name, text, afterName, end);
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
