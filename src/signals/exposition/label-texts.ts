import { skipBlanks } from './line.ts';

const quote = 34;
const comma = 44;
const backslash = 92;
const closeBrace = 125;
/** A server whose labels are new each time must not fill the memory. */
const mostKept = 20_000;

type Labels = ReadonlyMap<string, string>;

/** Labels, and where the text goes on after their closing brace. */
interface Found {
  readonly labels: Labels;
  readonly end: number;
}

/**
 * Reads labels, and remembers texts that it has read: a server writes the same ones at each scrape, so most are found
 * rather than read. Given text is Latin-1 in which the bytes of UTF-8 stand.
 */
export class LabelTexts {
  readonly #known = new Map<string, Labels>();

  /** Reads labels from after the opening brace; undefined where they are malformed or do not close before `end`. */
  read(text: string, from: number, end: number): Found | undefined {
    const close = text.indexOf('}', from);
    if (close === -1 || close >= end) return undefined;
    const labels = this.#known.get(text.slice(from, close));
    return labels ? { labels, end: close + 1 } : this.#readNew(text.slice(from, end), from, close - from);
  }

  /** @param close where the first closing brace stands; it may be part of a label's value */
  #readNew(rest: string, from: number, close: number): Found | undefined {
    const labels = new Map<string, string>();
    const length = readLabels(rest, labels);
    if (length === undefined) return undefined;
    if (length === close + 1) this.#keep(rest.slice(0, close), labels);
    return { labels, end: from + length };
  }

  #keep(text: string, labels: Labels): void {
    if (this.#known.size >= mostKept) this.#known.clear();
    this.#known.set(copy(text), labels);
  }
}

/** A text of its own: a slice would keep the whole text alive that it was cut from. */
function copy(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

/** Reads labels up to and with the closing brace into `labels`; answers how long they are, undefined when malformed. */
function readLabels(text: string, labels: Map<string, string>): number | undefined {
  let at = skipBlanks(text, 0);
  while (text.charCodeAt(at) !== closeBrace) {
    const sign = text.indexOf('=', at);
    const open = sign === -1 ? -1 : skipBlanks(text, sign + 1);
    if (open === -1 || text.charCodeAt(open) !== quote) return undefined;
    const end = closingQuote(text, open + 1);
    if (end === undefined) return undefined;
    labels.set(unquote(text.slice(at, sign).trim()), unescape(text.slice(open + 1, end)));
    at = skipBlanks(text, end + 1);
    if (text.charCodeAt(at) === comma) at = skipBlanks(text, at + 1);
    else if (text.charCodeAt(at) !== closeBrace) return undefined;
  }
  return at + 1;
}

function closingQuote(text: string, from: number): number | undefined {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === backslash) at += 1;
    else if (code === quote) return at;
  }
  return undefined;
}

/** Label names beyond letters, digits and `_` stand in quotes since Prometheus 3. */
function unquote(name: string): string {
  return name.startsWith('"') && name.endsWith('"') ? unescape(name.slice(1, -1)) : unescape(name);
}

/** The text that is meant, in characters of its own. */
function unescape(latin1: string): string {
  const text = Buffer.from(latin1, 'latin1').toString('utf8');
  return text.includes('\\') ? text.replace(/\\(["\\n])/g, (_, code: string) => (code === 'n' ? '\n' : code)) : text;
}
