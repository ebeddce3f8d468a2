import type { Startup } from '../../../domain/startup.ts';

/** One pod that was seen to start. Whole seconds, as the API server tells times. */
export interface StartupSample {
  /** Since the epoch. */
  readonly createdSeconds: number;
  /** From there until it was ready. */
  readonly tookSeconds: number;
  /** The end of the pod's name, which tells pods of the same second apart. */
  readonly pod: string;
}

/** Samples by the revision of the pods, newest first. */
export type StartupSamples = ReadonlyMap<string, readonly StartupSample[]>;

/** So many pods of a revision count. */
const samplesKept = 20;
/** The newest revision, and the one before it until there is enough of the newest. */
const revisionsKept = 2;
const enoughSamples = 5;
/** A pod that took longer waited for capacity that was not there, which no lead cures. */
export const longestStartSeconds = 3_600;

/** Both together, each pod once; what is too old to count is left out. Whoever merges the same gets the same. */
export function mergeSamples(one: StartupSamples, other: StartupSamples): StartupSamples {
  const revisions = new Set([...one.keys(), ...other.keys()]);
  const merged = [...revisions].map((revision): [string, readonly StartupSample[]] => [
    revision,
    newest([...(one.get(revision) ?? []), ...(other.get(revision) ?? [])]),
  ]);
  return new Map(merged.sort(([a, x], [b, y]) => newestSecond(y) - newestSecond(x) || (a < b ? -1 : 1)).slice(0, revisionsKept)); // prettier-ignore
}

/** What was learned: of the newest revision; until there is enough of that, the longer of it and the one before. */
export function startupOf(samples: StartupSamples): Startup | undefined {
  const [current = [], before = []] = [...samples.values()];
  if (current.length === 0) return undefined;
  const counted = current.length < enoughSamples && p90Seconds(before) > p90Seconds(current) ? before : current;
  return { p90Ms: p90Seconds(counted) * 1_000, pods: counted.length };
}

function newest(samples: readonly StartupSample[]): readonly StartupSample[] {
  // Whoever saw a pod get ready earlier saw it the first time, so that one is put in last.
  const slowestFirst = samples.toSorted((a, b) => b.tookSeconds - a.tookSeconds);
  const byPod = new Map(slowestFirst.map((sample) => [`${sample.createdSeconds} ${sample.pod}`, sample]));
  const order = (a: StartupSample, b: StartupSample): number =>
    b.createdSeconds - a.createdSeconds || (a.pod < b.pod ? -1 : 1);
  return [...byPod.values()].sort(order).slice(0, samplesKept);
}

function newestSecond(samples: readonly StartupSample[]): number {
  return samples[0]?.createdSeconds ?? 0;
}

/** The nearest rank; 0 where there are none. */
function p90Seconds(samples: readonly StartupSample[]): number {
  const sorted = samples.map(({ tookSeconds }) => tookSeconds).sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.9) - 1] ?? 0;
}
