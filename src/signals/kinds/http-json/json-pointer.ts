/**
 * A JSON pointer (RFC 6901) as the list of its steps; undefined for a text that is none. The empty text points at the
 * whole document.
 */
export function parseJsonPointer(text: string): readonly string[] | undefined {
  if (text === '') return [];
  if (!/^(?:\/(?:[^~]|~[01])*)+$/.test(text)) return undefined;
  return text.slice(1).split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')); // prettier-ignore
}

/** What a pointer's steps lead to, `{ found: false }` where they lead nowhere. Only what the document itself holds is found. */
export function followJsonPointer(document: unknown, steps: readonly string[]): { found: boolean; value?: unknown } {
  let value = document;
  for (const step of steps) {
    const next = stepInto(value, step);
    if (!next.found) return { found: false };
    value = next.value;
  }
  return { found: true, value };
}

function stepInto(value: unknown, step: string): { found: boolean; value?: unknown } {
  if (typeof value !== 'object' || value === null) return { found: false };
  // Of an array only its elements: `length` is none of them, nor is `01`.
  if (Array.isArray(value) && !/^(?:0|[1-9]\d*)$/.test(step)) return { found: false };
  if (!Object.hasOwn(value, step)) return { found: false };
  return { found: true, value: (value as Readonly<Record<string, unknown>>)[step] };
}
