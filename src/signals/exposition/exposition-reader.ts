import { ChunkedLines } from './chunked-lines.ts';
import { declaredName, isComment, isEndMark } from './comment.ts';
import type { Exposition, Sample } from './exposition.ts';
import { LabelTexts } from './label-texts.ts';
import { readValue, skipBlanks } from './line.ts';
import type { WantedNames } from './wanted-names.ts';

/** More samples than this of the wanted metrics are not kept. */
const mostSamples = 50_000;

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

  /** @param labels may be shared by readers of the same kind of server, whose labels are mostly the same */
  constructor(wanted: WantedNames, labels = new LabelTexts()) {
    this.#wanted = wanted;
    this.#labels = labels;
  }

  write(bytes: Uint8Array): void {
    this.#lines.write(bytes);
  }

  /** @param text bytes as Latin-1, in which those of UTF-8 stand */
  writeText(text: string): void {
    this.#lines.writeText(text);
  }

  /** What was read. A text that ends within a line lacks that line at least, and nobody knows how many more. */
  end(): Exposition {
    const { unfinished } = this.#lines;
    const isCut = unfinished !== '' && !isEndMark(unfinished, 0);
    const flaw = this.#samples.length >= mostSamples ? `shows ${mostSamples} series or more of what was asked for` : isCut ? 'ends in the middle of a line' : undefined; // prettier-ignore
    const read = { samples: this.#samples, unreadable: this.#unreadable, declared: this.#declared };
    return flaw === undefined ? read : { ...read, flaw };
  }

  #noteTooLong(beginning: string): void {
    const name = this.#wanted.at(beginning, skipBlanks(beginning, 0));
    if (name !== undefined) this.#unreadable.add(name);
  }

  /** Answers whether the line ends the text. */
  #readLine(text: string, start: number, end: number): boolean {
    const at = skipBlanks(text, start);
    if (isComment(text, at)) return this.#readComment(text, at);
    this.#readSample(text, at, end);
    return false;
  }

  #readComment(text: string, at: number): boolean {
    const name = declaredName(text, at, this.#wanted);
    if (name !== undefined) this.#declared.add(name);
    return isEndMark(text, at);
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
