import type { z } from 'zod';

const titles: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
};

/** What is wrong with the form of a ScaledObject, and what to write. @param content the whole of it */
export function describeIssue(issue: z.core.$ZodIssue, content: unknown): string {
  const place = issue.path.join('.');
  if (issue.code !== 'invalid_type') return `${place}: ${issue.message}`;
  const value = issue.path.reduce<unknown>((parent, key) => (parent as Record<PropertyKey, unknown> | undefined)?.[key], content); // prettier-ignore
  const wanted = titles[issue.expected] ?? `of type ${issue.expected}`;
  if (value === undefined || value === null) return `${place}: is missing; it has to be ${wanted}`;
  const isQuoted = issue.expected === 'number' && typeof value === 'string' && /^\d+$/.test(value);
  if (isQuoted) return `${place}: has to be a number; write ${String(issue.path.at(-1))}: ${value}, without quotes`;
  return `${place}: has to be ${wanted}, and is ${titles[Array.isArray(value) ? 'array' : typeof value] ?? typeof value}`;
}
