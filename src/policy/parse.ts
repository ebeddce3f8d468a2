import { cutText } from '../domain/cut-text.ts';

/** Takes down what is wrong with a value. */
export type Report = (problem: string) => void;

/** Reads a value; reports what is wrong with it and answers undefined where it is not what is allowed. */
export type Parse<T> = (text: string, report: Report) => T | undefined;

const maxQuoted = 80;

/** A value as error texts show it: in quotes, on one line, and cut to 80 characters. */
export function quoted(text: string): string {
  return JSON.stringify(cutText(text, maxQuoted));
}

/** Makes a parser of a function that answers undefined for what it does not know; the report is `"x" is not <expects>`. */
export function expecting<T>(expects: string, read: (text: string) => T | undefined): Parse<T> {
  return (text, report) => {
    const value = read(text);
    if (value === undefined) report(`${quoted(text)} is not ${expects}`);
    return value;
  };
}

/**
 * Makes a parser of a list. Every part that is wrong is reported, with its number and its text; empty parts, as after a
 * last separator, do not count.
 */
export function listOf<T>(separator: string, noun: string, max: number, parsePart: Parse<T>): Parse<readonly T[]> {
  return (text, report) => {
    const parts = text.split(separator).map((part) => part.trim()).filter((part) => part !== ''); // prettier-ignore
    if (parts.length === 0) report(`${quoted(text)} names no ${noun}`);
    if (parts.length > max) report(`${parts.length} ${noun}s are more than the ${max} allowed`);
    if (parts.length === 0 || parts.length > max) return undefined;
    const values = parts.map((part, index) =>
      parsePart(part, (problem) => report(`${noun} ${index + 1} ${quoted(part)}: ${problem}`)),
    );
    return values.every((value) => value !== undefined) ? values : undefined;
  };
}
