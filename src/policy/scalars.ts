import { durationExample, formatDuration, parseDuration } from '../domain/duration.ts';
import { nearestName } from '../domain/nearest-name.ts';
import { expecting, quoted } from './parse.ts';
import type { Parse } from './parse.ts';

/** The largest number that is taken for one; error texts name it. */
export const maxNumber = 1e9;

/** A plain decimal number: no sign, exponent, hex or unit. */
function decimal(text: string): number | undefined {
  return /^\d+(?:\.\d+)?$/.test(text) && Number(text) <= maxNumber ? Number(text) : undefined;
}

/** @param examples for error texts: `0 or 10` */
export function numberFrom0(examples: string): Parse<number> {
  return expecting(`a number from 0 to ${maxNumber}, such as ${examples}`, decimal);
}

export function wholeNumber(min: number, max: number): Parse<number> {
  return expecting(`a whole number from ${min} to ${max}`, (text) =>
    /^\d{1,10}$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined,
  );
}

/** A wanted value per replica, above 0 and at most `max`. */
export function targetUpTo(max: number, expects: string): Parse<number> {
  const parse = expecting(expects, (text) => {
    const value = decimal(text);
    return value === undefined || value === 0 || value > max ? undefined : value;
  });
  return (text, report) => {
    if (decimal(text) !== 0) return parse(text, report);
    report(`a target of 0 would ask for endless replicas; write ${expects}, or leave the key out`);
    return undefined;
  };
}

export function duration(minMs: number, maxMs: number): Parse<number> {
  const range = `${minMs > 0 ? `from ${formatDuration(minMs)} ` : ''}up to ${formatDuration(maxMs)}`;
  return (text, report) => {
    const value = parseDuration(text);
    if (value !== undefined && value >= minMs && value <= maxMs) return value;
    report(`${quoted(text)} is not ${durationExample}, ${range}`);
    return undefined;
  };
}

export function oneOf<const T extends string>(choices: readonly T[], hint = ''): Parse<T> {
  const listed = choices.map((choice) => `"${choice}"`).join(' or ');
  return (text, report) => {
    const value = choices.find((choice) => choice === text);
    const meant = value === undefined ? nearestName(text, choices) : undefined;
    if (value === undefined)
      report(`${quoted(text)} is not ${listed}${meant === undefined ? hint : `; did you mean "${meant}"?`}`);
    return value;
  };
}

export function textLike(pattern: RegExp, expects: string): Parse<string> {
  return expecting(expects, (text) => (pattern.test(text) ? text : undefined));
}
