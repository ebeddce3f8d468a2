import { durationExample, formatDuration, parseDuration } from '../domain/duration.ts';

/** One thing that an operator can set: a flag, an environment variable, a default and a sentence. */
export interface Option<T> {
  readonly help: string;
  /** What `--help` shows as the default. */
  readonly shown: string;
  readonly fallback: T;
  /** What a value must be, for error texts: `a whole number from 0 to 65535`. */
  readonly expects: string;
  /** Reads a value; undefined when it is not what is expected. */
  readonly parse: (text: string) => T | undefined;
  /** A flag that may stand without a value, which then means `true`. */
  readonly bare?: boolean;
}

type Options = Readonly<Record<string, Option<unknown>>>;
type Values<S extends Options> = { readonly [K in keyof S]: S[K] extends Option<infer T> ? T : never };

/** What was wrong with the command line or the environment. Its message is meant for the operator. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export function textOption(fallback: string, help: string): Option<string> {
  return { help, fallback, shown: fallback, expects: 'a text', parse: (text) => text };
}

export function listOption(fallback: readonly string[], help: string): Option<readonly string[]> {
  const parse = (text: string): string[] => text.split(',').map((entry) => entry.trim()).filter((entry) => entry !== ''); // prettier-ignore
  return { help, fallback, shown: fallback.join(','), expects: 'a list with commas between', parse };
}

export function switchOption(help: string): Option<boolean> {
  const parse = (text: string): boolean | undefined => (text === 'true' ? true : text === 'false' ? false : undefined);
  return { help, fallback: false, shown: 'false', expects: '"true" or "false"', parse, bare: true };
}

export function integerOption(fallback: number, range: { min: number; max: number }, help: string): Option<number> {
  const parse = (text: string): number | undefined =>
    /^\d+$/.test(text) && Number(text) >= range.min && Number(text) <= range.max ? Number(text) : undefined;
  const expects = `a whole number from ${range.min} to ${range.max}`;
  return { help, fallback, shown: String(fallback), expects, parse };
}

export function ratioOption(fallback: number, help: string): Option<number> {
  const parse = (text: string): number | undefined => (/^(0|1|0?\.\d{1,6})$/.test(text) ? Number(text) : undefined);
  return { help, fallback, shown: String(fallback), expects: 'a ratio from 0 to 1, such as 0.1', parse };
}

/** @param minMs the shortest duration that makes sense */
export function durationOption(fallbackMs: number, help: string, minMs = 0): Option<number> {
  const parse = (text: string): number | undefined => {
    const durationMs = parseDuration(text);
    return durationMs !== undefined && durationMs >= minMs ? durationMs : undefined;
  };
  const expects = minMs > 0 ? `${durationExample}, ${formatDuration(minMs)} or more` : durationExample;
  return { help, fallback: fallbackMs, shown: formatDuration(fallbackMs), expects, parse };
}

export function choiceOption<T extends string>(fallback: T, choices: readonly T[], help: string): Option<T> {
  const parse = (text: string): T | undefined => choices.find((choice) => choice === text);
  return { help, fallback, shown: fallback, expects: `one of ${choices.join(', ')}`, parse };
}

/**
 * Reads options from the command line (`--read-interval 1s`) and the environment (`PILOTLIGHT_READ_INTERVAL=1s`); the
 * command line wins. Throws UsageError that names the flag or variable, its value and what is expected.
 */
export function readOptions<S extends Options>(
  options: S,
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Values<S> {
  const given = parseFlags(options, argv);
  const values = Object.entries(options).map(([key, option]) => {
    const flag = given[key];
    if (flag !== undefined) return [key, parseValue(option, `--${kebab(key)}`, flag)];
    const variable = environmentName(key);
    const text = environment[variable];
    return [key, text === undefined ? option.fallback : parseValue(option, variable, text)];
  });
  return Object.fromEntries(values) as Values<S>;
}

/** The text of `--help`: usage, then each option with its flag, variable, default and sentence. */
export function describeOptions(usage: string, about: string, options: Options): string {
  const rows = Object.entries(options).map(([key, option]) => {
    const shown = option.shown === '' ? '' : ` (default: ${option.shown})`;
    return `  --${kebab(key)}, ${environmentName(key)}\n      ${option.help}${shown}`;
  });
  return [`Usage: ${usage}`, '', about, '', 'Options (flag, environment variable):', ...rows, '  --help', ''].join(
    '\n',
  );
}

/** Reads `--flag value`, `--flag=value` and bare switches. */
function parseFlags(options: Options, argv: readonly string[]): Record<string, string> {
  const keys = new Map(Object.keys(options).map((key) => [`--${kebab(key)}`, key]));
  const given: Record<string, string> = {};
  const words = [...argv];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [flag = '', ...rest] = word.split('=');
    const key = keys.get(flag);
    const option = key === undefined ? undefined : options[key];
    if (key === undefined || !option) {
      throw new UsageError(
        `${word.startsWith('-') ? 'unknown flag' : 'unexpected argument'} "${flag.slice(0, 80)}"; see --help`,
      );
    }
    given[key] = rest.length > 0 ? rest.join('=') : takeValue(option, flag, words);
  }
  return given;
}

function takeValue(option: Option<unknown>, flag: string, words: string[]): string {
  const next = words[0];
  const isValue = next !== undefined && (option.bare ? next === 'true' || next === 'false' : !next.startsWith('--'));
  if (isValue) return words.shift() ?? '';
  if (option.bare) return 'true';
  throw new UsageError(`${flag} needs a value: ${option.expects}`);
}

function parseValue(option: Option<unknown>, name: string, text: string): unknown {
  const value = option.parse(text);
  if (value === undefined) throw new UsageError(`${name}: "${text.slice(0, 80)}" is not ${option.expects}`);
  return value;
}

function kebab(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function environmentName(key: string): string {
  return `PILOTLIGHT_${key.replace(/[A-Z]/g, '_$&').toUpperCase()}`;
}
