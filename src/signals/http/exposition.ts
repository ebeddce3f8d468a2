/** One sample of a metric: its labels as they were written, its value as it is, NaN and infinities included. */
export interface Sample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

/** What a text in Prometheus' exposition format says of the wanted metrics. */
export interface Exposition {
  readonly samples: readonly Sample[];
  /** Wanted metrics with a line that can't be read: what is known of them is not all, so a sum would be wrong. */
  readonly unreadable: ReadonlySet<string>;
  /** The text ends within a line, so something is missing: that line at least, and nobody knows how many more. */
  readonly truncated: boolean;
}

const newline = 10;
const carriageReturn = 13;
const quote = 34;
const comma = 44;
const backslash = 92;
const openBrace = 123;
const closeBrace = 125;

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const infinity = /^([+-]?)inf(?:inity)?$/i;
/** After the labels: the value, a timestamp in Prometheus' or OpenMetrics' form, an exemplar. */
const afterLabels = /^[ \t]+(\S+)(?:[ \t]+[-+\d.eE]+)?[ \t]*(?:# .*)?$/;

/**
 * Picks the samples of the metrics in `wanted` out of a text in Prometheus' format or OpenMetrics'. Lines of other
 * metrics are stepped over without looking into them. Never throws: what it can't read, it says.
 */
export function parseExposition(text: string, wanted: readonly string[]): Exposition {
  const samples: Sample[] = [];
  const unreadable = new Set<string>();
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    if (text.startsWith('# EOF', start)) return { samples, unreadable, truncated: false };
    const at = skipBlanks(text, start);
    const name = wantedNameAt(text, at, wanted);
    if (name !== undefined) {
      const sample = readSample(name, text.slice(at + name.length, end));
      if (sample) samples.push(sample);
      else unreadable.add(name);
    }
    start = end + 1;
  }
  return { samples, unreadable, truncated: start < text.length && !text.startsWith('# EOF', start) };
}

/** Reads a number as Prometheus writes it (`1e+06`, `NaN`, `+Inf`); undefined for anything else, the empty text too. */
export function parseSampleValue(text: string): number | undefined {
  if (decimal.test(text)) return Number(text);
  if (text.toLowerCase() === 'nan') return NaN;
  const [, sign] = infinity.exec(text) ?? [];
  if (sign === undefined) return undefined;
  return sign === '-' ? -Infinity : Infinity;
}

function wantedNameAt(text: string, at: number, wanted: readonly string[]): string | undefined {
  for (const name of wanted) {
    if (text.startsWith(name, at) && endsName(text.charCodeAt(at + name.length))) return name;
  }
  return undefined;
}

/** A name ends where neither a letter, a digit, `_` nor `:` follows. */
function endsName(code: number): boolean {
  return isBlank(code) || code === openBrace || code === newline || code === carriageReturn;
}

/** Reads what follows a metric's name; undefined when it is not `{labels} value …`. */
function readSample(name: string, rest: string): Sample | undefined {
  const line = rest.endsWith('\r') ? rest.slice(0, -1) : rest;
  const labels = new Map<string, string>();
  const open = skipBlanks(line, 0);
  const close = line.charCodeAt(open) === openBrace ? readLabels(line, open + 1, labels) : 0;
  if (close === undefined) return undefined;
  // A closing brace needs no blank after it.
  const [, text = ''] = afterLabels.exec(close === 0 ? line : ` ${line.slice(close)}`) ?? [];
  const value = parseSampleValue(text);
  return value === undefined ? undefined : { name, labels, value };
}

/** Reads labels up to and with the closing brace into `labels`; answers where it ended, undefined when malformed. */
function readLabels(line: string, from: number, labels: Map<string, string>): number | undefined {
  let at = skipBlanks(line, from);
  while (line.charCodeAt(at) !== closeBrace) {
    const sign = line.indexOf('=', at);
    const open = sign === -1 ? -1 : skipBlanks(line, sign + 1);
    if (open === -1 || line.charCodeAt(open) !== quote) return undefined;
    const end = closingQuote(line, open + 1);
    if (end === undefined) return undefined;
    labels.set(unquote(line.slice(at, sign).trim()), unescape(line.slice(open + 1, end)));
    at = skipBlanks(line, end + 1);
    if (line.charCodeAt(at) === comma) at = skipBlanks(line, at + 1);
    else if (line.charCodeAt(at) !== closeBrace) return undefined;
  }
  return at + 1;
}

function closingQuote(line: string, from: number): number | undefined {
  for (let at = from; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    if (code === backslash) at += 1;
    else if (code === quote) return at;
  }
  return undefined;
}

/** Label names beyond letters, digits and `_` stand in quotes since Prometheus 3. */
function unquote(name: string): string {
  return name.startsWith('"') && name.endsWith('"') ? unescape(name.slice(1, -1)) : name;
}

function unescape(text: string): string {
  return text.includes('\\') ? text.replace(/\\(["\\n])/g, (_, code: string) => (code === 'n' ? '\n' : code)) : text;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (isBlank(text.charCodeAt(at))) at += 1;
  return at;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}
