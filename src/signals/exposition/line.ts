const newline = 10;
const carriageReturn = 13;
const openBrace = 123;

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const infinity = /^([+-]?)inf(?:inity)?$/i;
/** After the value: a timestamp in Prometheus' or OpenMetrics' form, an exemplar. */
const afterValue = /^(?:[ \t]+[-+\d.eE]+)?[ \t]*(?:# .*)?$/;

/** Reads a number as Prometheus writes it (`1e+06`, `NaN`, `+Inf`); undefined for anything else, the empty text too. */
export function parseSampleValue(text: string): number | undefined {
  if (decimal.test(text)) return Number(text);
  if (text.toLowerCase() === 'nan') return NaN;
  const [, sign] = infinity.exec(text) ?? [];
  if (sign === undefined) return undefined;
  return sign === '-' ? -Infinity : Infinity;
}

/** Reads the value that stands after name and labels, up to the line's end at `end`; undefined where there is none. */
export function readValue(text: string, from: number, end: number): number | undefined {
  const lineEnd = text.charCodeAt(end - 1) === carriageReturn ? end - 1 : end;
  const start = skipBlanks(text, from);
  let stop = start;
  while (stop < lineEnd && !isBlank(text.charCodeAt(stop))) stop += 1;
  if (stop < lineEnd && !afterValue.test(text.slice(stop, lineEnd))) return undefined;
  return start < lineEnd ? parseSampleValue(text.slice(start, stop)) : undefined;
}

/** A name ends where neither a letter, a digit, `_` nor `:` follows. */
export function endsName(code: number): boolean {
  return code === openBrace || isBlank(code) || code === newline || code === carriageReturn;
}

export function skipBlanks(text: string, from: number): number {
  let at = from;
  while (isBlank(text.charCodeAt(at))) at += 1;
  return at;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}
