import type { EpochMs } from '../domain/clock.ts';
import { cutText } from '../domain/cut-text.ts';
import { nearestName } from '../domain/nearest-name.ts';
import type { Override, OverrideReading } from '../domain/override.ts';
import { maxReplicas } from '../domain/replicas.ts';

const example = '"min=4 max=10 until=2026-11-27T18:00Z reason=load test"';
const names = ['min', 'max', 'until', 'reason'] as const;
type Words = Partial<Record<(typeof names)[number], string>>;
/** A date and a time of day to the minute or the second, and where on earth that is. */
const instantGrammar = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)$/;
const longestText = 1_000;
const longestReason = 200;
const shownText = 80;

class Problem extends Error {}

/**
 * Reads `min=4 max=10 until=2026-11-27T18:00Z reason=load test`: `min`, `max` or both; `until` with `Z` or an offset, for
 * an override that never ends is a policy; and a reason, which is all that follows `reason=`. Never throws: what is wrong
 * is said in `problem`, for the one who wrote it.
 */
export function readOverride(text: string): OverrideReading {
  try {
    return { state: 'set', override: parse(text) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { state: 'invalid', text: cutText(plain(text), shownText), problem: error.message };
  }
}

function parse(text: string): Override {
  if (text.length > longestText)
    throw new Problem(`${text.length} characters are more than the ${longestText} allowed`);
  const words = splitWords(text.trim());
  const reason = plain(words.reason ?? '');
  return {
    ...readLimits(words),
    untilMs: readUntil(words.until),
    ...(reason !== '' && { reason: cutText(reason, longestReason) }),
  };
}

function readLimits({ min, max }: Words): Pick<Override, 'min' | 'max'> {
  if (min === undefined && max === undefined) throw new Problem(`names neither min nor max; write ${example}`);
  const limits = {
    ...(min !== undefined && { min: readReplicas('min', min) }),
    ...(max !== undefined && { max: readReplicas('max', max) }),
  };
  if ((limits.min ?? 0) > (limits.max ?? Infinity)) throw new Problem(`min=${limits.min} is above max=${limits.max}`);
  return limits;
}

function splitWords(text: string): Words {
  const [, limits = text, reason] = /^(.*?)(?:^|\s)reason=(.*)$/s.exec(text) ?? [];
  const words: Words = reason === undefined ? {} : { reason };
  for (const word of limits.split(/\s+/).filter((part) => part !== '')) {
    const at = word.indexOf('=');
    const name = names.find((known) => at >= 0 && known === word.slice(0, at));
    if (name === undefined) throw unknownWord(word);
    if (words[name] !== undefined) throw new Problem(`${name} is given twice, at ${quoted(word)}`);
    words[name] = word.slice(at + 1);
  }
  return words;
}

function unknownWord(word: string): Problem {
  const meant = nearestName(word.split('=')[0] ?? '', names);
  const hint = meant === undefined ? '' : `; did you mean "${meant}"?`;
  return new Problem(`expected min=N, max=N, until=TIME or reason=TEXT at ${quoted(word)}${hint}`);
}

function readReplicas(name: string, text: string): number {
  if (!/^\d{1,10}$/.test(text))
    throw new Problem(`${name}=${plain(text)} is not a whole number from 0 to ${maxReplicas}`);
  if (Number(text) > maxReplicas) throw new Problem(`${name}=${text} is more than the ${maxReplicas} replicas allowed`);
  return Number(text);
}

function readUntil(text: string | undefined): EpochMs {
  if (text === undefined) throw new Problem(`says not until when; write until=TIME, as in ${example}`);
  try {
    if (instantGrammar.test(text)) return Temporal.Instant.from(text).epochMilliseconds;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  const at = `until=${cutText(plain(text), shownText)}`;
  throw new Problem(`${at} is not a date and time that exists with Z or an offset, such as 2026-11-27T18:00Z or 2026-11-27T19:00+01:00`); // prettier-ignore
}

function quoted(text: string): string {
  return JSON.stringify(cutText(text, shownText));
}

/** On one line, without what a terminal would act on. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
}
