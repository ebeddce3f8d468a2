import type { Clock, EpochMs } from '../../../domain/clock.ts';
import { maximumAgeMs } from '../../freshness.ts';
import { askDetail } from './detail.ts';
import type { Detail, GpuDetail } from './detail.ts';

/** A report costs the driver some ten times what a line of the loop does, so it is asked for seldom. */
const cycleMs = 10_000;
/** And more seldom where nothing has to be followed but what counts up, and GPUs that the loop overlooks. */
const slowCycleMs = 60_000;

interface Settings {
  readonly path: string;
  readonly clock: Clock;
  readonly onDetail: (detail: Detail) => void;
}

/**
 * Learns what the loop does not tell, beside it: at first, when the GPUs change, once a minute, and every ten seconds where slices
 * or processes have to be followed. Samples do not wait for it, and do without where it fails.
 */
export class DetailCycle {
  readonly #settings: Settings;
  readonly #signal: AbortSignal;
  #key: string | undefined;
  #askedAtMs: EpochMs = -Infinity;
  #underWay: Promise<void> | undefined;
  #last: Detail | undefined;

  /** @param signal ends what is under way */
  constructor(settings: Settings, signal: AbortSignal) {
    this.#settings = settings;
    this.#signal = signal;
  }

  /** When what is told of slices and processes was read; undefined where that does not describe now. */
  get observedAtMs(): EpochMs | undefined {
    return this.#ageMs <= maximumAgeMs(cycleMs) ? this.#last?.observedAtMs : undefined;
  }

  get #ageMs(): number {
    return this.#settings.clock.nowMs() - (this.#last?.observedAtMs ?? -Infinity);
  }

  /** Resolves when no question is under way and its process is gone. */
  get gone(): Promise<void> {
    return this.#underWay ?? Promise.resolve();
  }

  /** What a GPU is does not change; all else is forgotten when it does not describe now, slices and processes sooner. */
  of(uuid: string): GpuDetail {
    const { minorNumber, pcieReplays: counted, ...changing } = this.#last?.byUuid.get(uuid) ?? {};
    const pcieReplays = this.#ageMs <= maximumAgeMs(slowCycleMs) ? counted : undefined;
    const { slices, processes } = this.observedAtMs === undefined ? {} : changing;
    return {
      ...(minorNumber !== undefined && { minorNumber }),
      ...(pcieReplays !== undefined && { pcieReplays }),
      ...(slices && { slices }),
      ...(processes && { processes }),
    };
  }

  /**
   * Asks where it is time to.
   * @param key the numbers and UUIDs of the GPUs
   * @param isFollowed whether there are slices or processes that only a report tells
   */
  askWhenDue(key: string, isFollowed: boolean): void {
    const nowMs = this.#settings.clock.nowMs();
    const isOld = nowMs - this.#askedAtMs >= (isFollowed || !this.#last ? cycleMs : slowCycleMs);
    if (this.#underWay || this.#signal.aborted || (key === this.#key && !isOld)) return;
    this.#key = key;
    this.#askedAtMs = nowMs;
    this.#underWay = this.#ask(nowMs).finally(() => {
      this.#underWay = undefined;
    });
  }

  async #ask(nowMs: EpochMs): Promise<void> {
    const { path, onDetail } = this.#settings;
    const { detail, gone } = await askDetail(path, nowMs, this.#signal);
    if (detail && !this.#signal.aborted) {
      this.#last = detail;
      onDetail(detail);
    }
    await gone;
  }
}
