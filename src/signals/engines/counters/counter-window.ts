import type { EpochMs } from '../../../domain/clock.ts';

/** What was counted before this is not about now any more. */
const longestSpanMs = 120_000;
/** Readings this close to each other tell no growth. */
const shortestSpanMs = 500;
/** A window is remembered in about this many parts, however often it is read. */
const parts = 30;

/** One reading of counters whose growth is added up in groups, such as the buckets of a histogram. */
export interface CounterReading {
  /** Says what the groups are. Counters of another shape are other counters, which start over. */
  readonly shape: string;
  readonly groups: number;
  /** By what tells the series apart. */
  readonly counters: ReadonlyMap<string, { readonly group: number; readonly value: number }>;
}

export type Growth =
  | { readonly state: 'known'; readonly byGroup: readonly number[]; readonly spanMs: number }
  | { readonly state: 'unknown'; readonly because: 'first read' | 'reset' };

/** What had been counted in each group, since this history began, at a moment. */
interface Mark {
  readonly atMs: EpochMs;
  readonly total: readonly number[];
}

/**
 * How much counters grow within a window that ends now. A counter that falls was reset (its server has restarted), and
 * what it grew since the last reading can't be known, so all of them start over: a reset gives neither a negative growth
 * nor a leap.
 */
export class CounterWindow {
  readonly #windowMs: number;
  #last: CounterReading | undefined;
  #lastMs: EpochMs = 0;
  #total: readonly number[] = [];
  #marks: readonly Mark[] = [];

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** The growth up to this reading; unknown until the counters were read twice. */
  add(reading: CounterReading, atMs: EpochMs): Growth {
    const sinceMs = atMs - this.#lastMs;
    if (!this.#last || sinceMs < 0 || sinceMs > longestSpanMs) return this.#startOver(reading, atMs, 'first read');
    const growth = growthOf(this.#last, reading);
    if (!growth) return this.#startOver(reading, atMs, 'reset');
    this.#total = this.#total.map((total, group) => total + (growth[group] ?? 0));
    this.#last = reading;
    this.#lastMs = atMs;
    return this.#since(this.#oldestMark(atMs), atMs);
  }

  #since(oldest: Mark, atMs: EpochMs): Growth {
    const spanMs = atMs - oldest.atMs;
    if (spanMs < shortestSpanMs) return { state: 'unknown', because: 'first read' };
    return { state: 'known', byGroup: this.#total.map((total, group) => total - (oldest.total[group] ?? 0)), spanMs };
  }

  /** The first mark within the window, or else the last one; those before are forgotten, and now is marked. */
  #oldestMark(atMs: EpochMs): Mark {
    const now = { atMs, total: this.#total };
    const newest = this.#marks.at(-1) ?? now;
    const oldest = this.#marks.find((mark) => atMs - mark.atMs <= this.#windowMs) ?? newest;
    const kept = this.#marks.filter((mark) => mark.atMs >= oldest.atMs);
    this.#marks = atMs - newest.atMs >= this.#windowMs / parts ? [...kept, now] : kept;
    return oldest;
  }

  #startOver(reading: CounterReading, atMs: EpochMs, because: 'first read' | 'reset'): Growth {
    this.#last = reading;
    this.#lastMs = atMs;
    this.#total = new Array<number>(reading.groups).fill(0);
    this.#marks = [{ atMs, total: this.#total }];
    return { state: 'unknown', because };
  }
}

/**
 * How much the series grew that were there before as well, by group; undefined when one fell, or none was there. A series
 * that is new counts from its next reading on: it may hold what was counted long ago.
 */
function growthOf(before: CounterReading, now: CounterReading): number[] | undefined {
  if (before.shape !== now.shape) return undefined;
  const growth = new Array<number>(now.groups).fill(0);
  let isKnown = false;
  for (const [key, { group, value }] of now.counters) {
    const earlier = before.counters.get(key);
    if (!earlier) continue;
    if (value < earlier.value) return undefined;
    growth[group] = (growth[group] ?? 0) + value - earlier.value;
    isKnown = true;
  }
  return isKnown ? growth : undefined;
}
