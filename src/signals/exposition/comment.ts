import { skipBlanks } from './line.ts';
import type { WantedNames } from './wanted-names.ts';

const hash = 35;

export function isComment(text: string, at: number): boolean {
  return text.charCodeAt(at) === hash;
}

/** The end of a text in OpenMetrics, a line of its own. */
export function isEndMark(text: string, at: number, end: number): boolean {
  return text.startsWith('# EOF', at) && text.slice(at, end).trimEnd() === '# EOF';
}

/** The wanted name that the comment at `at` gives a type. */
export function declaredName(text: string, at: number, wanted: WantedNames): string | undefined {
  const declares = text.startsWith('# TYPE ', at);
  return declares ? wanted.at(text, skipBlanks(text, at + '# TYPE '.length)) : undefined;
}
