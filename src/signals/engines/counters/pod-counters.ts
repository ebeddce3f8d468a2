import type { EpochMs } from '../../../domain/clock.ts';
import type { Sample } from '../../exposition/exposition.ts';
import type { PodValue } from '../pod-value.ts';
import { CounterWindow } from './counter-window.ts';
import type { CounterReading, Growth } from './counter-window.ts';
import { seriesKey } from './series-key.ts';

/** Rates are averages over about this time: requests per second over a single second would leap about. */
const rateWindowMs = 30_000;
/** Requests of this time are timed together: a share of 99 % means nothing of a handful. */
const timingWindowMs = 60_000;
/** A pod whose models come and go must not fill the memory; one that has more starts over. */
const mostWindows = 256;

/**
 * How fast counters grow between our own readings of them, for each pod of one source: the one thing that a source has to
 * remember, because a counter tells nothing by itself.
 */
export class PodCounters {
  readonly #pods = new Map<string, Map<string, CounterWindow>>();

  /** Forgets pods that are gone, so that one of the same name that comes later starts afresh. */
  keepOnly(pods: readonly string[]): void {
    const kept = new Set(pods);
    for (const pod of this.#pods.keys()) if (!kept.has(pod)) this.#pods.delete(pod);
  }

  /**
   * The growth of a pod's counters together, per second, up to `atMs`; unknown until they were read twice.
   * @param what tells the counters of one pod apart that belong to different signals
   */
  rate(pod: string, what: string, counters: readonly Sample[], atMs: EpochMs): PodValue {
    const byKey = counters.map((counter) => [seriesKey(counter), { group: 0, value: counter.value }] as const);
    const reading = { shape: '', groups: 1, counters: new Map(byKey) };
    const growth = this.#window(pod, what, rateWindowMs).add(reading, atMs);
    if (growth.state === 'unknown') return { state: 'unknown', reason: wordsOf(growth.because, 'a rate') };
    return { state: 'known', value: ((growth.byGroup[0] ?? 0) * 1_000) / growth.spanMs };
  }

  /** The growth of each bucket of a pod's histogram within the last minute. */
  buckets(pod: string, what: string, reading: CounterReading, atMs: EpochMs): Growth {
    return this.#window(pod, what, timingWindowMs).add(reading, atMs);
  }

  #window(pod: string, what: string, windowMs: number): CounterWindow {
    const windows = this.#pods.get(pod) ?? new Map<string, CounterWindow>();
    this.#pods.set(pod, windows);
    if (windows.size >= mostWindows && !windows.has(what)) windows.clear();
    const window = windows.get(what) ?? new CounterWindow(windowMs);
    windows.set(what, window);
    return window;
  }
}

/** Why there is no growth yet: `its counters were reset; a rate needs two reads`. */
export function wordsOf(because: 'first read' | 'reset', what: string): string {
  return `${because === 'reset' ? 'its counters were reset; ' : ''}${what} needs two reads`;
}
