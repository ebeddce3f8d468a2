import type { EpochMs } from '../../domain/clock.ts';
import type { Sample } from '../exposition/exposition.ts';
import type { PodValue } from './engine.ts';

/** Rates are averages over about this time: requests per second over a single second would leap about. */
const windowMs = 30_000;
/** What was counted before this is not about now any more. */
const longestSpanMs = 120_000;
/** Readings this close to each other tell no rate. */
const shortestSpanMs = 500;

/**
 * How fast counters grow between our own readings of them, for each pod of one source: the one thing that a source has to
 * remember, because a counter tells nothing by itself. A counter that falls was reset (its server has restarted), and
 * what it grew since the last reading can't be known: its pod starts over, so a reset gives neither a negative rate nor
 * a leap.
 */
export class CounterRates {
  readonly #pods = new Map<string, Map<string, CounterHistory>>();

  /** Forgets pods that are gone, so that one of the same name that comes later starts afresh. */
  keepOnly(pods: readonly string[]): void {
    for (const pod of this.#pods.keys()) if (!pods.includes(pod)) this.#pods.delete(pod);
  }

  /**
   * The growth of a pod's counters together, per second, up to `atMs`; unknown until they were read twice.
   * @param what tells the counters of one pod apart that belong to different signals
   */
  rate(pod: string, what: string, counters: readonly Sample[], atMs: EpochMs): PodValue {
    const histories = this.#pods.get(pod) ?? new Map<string, CounterHistory>();
    this.#pods.set(pod, histories);
    const history = histories.get(what) ?? new CounterHistory();
    histories.set(what, history);
    return history.add(new Map(counters.map((counter) => [seriesKey(counter), counter.value])), atMs);
  }
}

/** What had been counted, since this history began, at a moment. */
interface Mark {
  readonly atMs: EpochMs;
  readonly total: number;
}

class CounterHistory {
  #last: ReadonlyMap<string, number> = new Map();
  #marks: readonly Mark[] = [];

  add(counters: ReadonlyMap<string, number>, atMs: EpochMs): PodValue {
    const newest = this.#marks.at(-1);
    if (!newest) return this.#startOver(counters, atMs, 'a rate needs two reads');
    const spanMs = atMs - newest.atMs;
    if (spanMs < 0 || spanMs > longestSpanMs) return this.#startOver(counters, atMs, 'a rate needs two reads');
    const growth = growthOf(this.#last, counters);
    if (growth === undefined) return this.#startOver(counters, atMs, 'its counters were reset; a rate needs two reads');
    const mark = { atMs, total: newest.total + growth };
    const oldest = this.#marks.find((earlier) => atMs - earlier.atMs <= windowMs) ?? newest;
    if (atMs - oldest.atMs < shortestSpanMs) return { state: 'unknown', reason: 'a rate needs two reads' };
    this.#last = counters;
    this.#marks = [...this.#marks.filter((earlier) => earlier.atMs >= oldest.atMs), mark];
    return { state: 'known', value: ((mark.total - oldest.total) * 1_000) / (atMs - oldest.atMs) };
  }

  #startOver(counters: ReadonlyMap<string, number>, atMs: EpochMs, reason: string): PodValue {
    this.#last = counters;
    this.#marks = [{ atMs, total: 0 }];
    return { state: 'unknown', reason };
  }
}

/**
 * How much the series grew that were there before as well; undefined when one fell, or none was there. A series that is
 * new counts from its next reading on: it may hold what was counted long ago.
 */
function growthOf(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): number | undefined {
  let growth: number | undefined;
  for (const [key, value] of now) {
    const earlier = before.get(key);
    if (earlier === undefined) continue;
    if (value < earlier) return undefined;
    growth = (growth ?? 0) + value - earlier;
  }
  return growth;
}

function seriesKey({ name, labels }: Sample): string {
  return JSON.stringify([name, ...[...labels].sort(([a], [b]) => (a < b ? -1 : 1))]);
}
