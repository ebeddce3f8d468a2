import { cutText } from '../domain/cut-text.ts';

/** How many different reasons one text names. */
const shownReasons = 3;

/** Several reasons as one: each once, three at most. */
export function listReasons(reasons: readonly string[]): string {
  const shown = [...new Set(reasons)];
  const more = shown.length - shownReasons;
  return shown.slice(0, shownReasons).join('; ') + (more > 0 ? `; and ${more} more` : '');
}

/** Foreign text as it may stand in a reason: one line, 80 characters at most unless told otherwise. */
export function cut(text: string, length = 80): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > length ? cutText(line, length - 1) : line;
}
