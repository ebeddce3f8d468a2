import type { Startup } from '../../../domain/startup.ts';
import type { Pod } from '../../../domain/workload.ts';
import { readStartup, writeStartup } from './annotation.ts';
import { longestStartSeconds, mergeSamples, startupOf } from './samples.ts';
import type { StartupSample, StartupSamples } from './samples.ts';

/** Of pods whose kind does not mark revisions. */
const noRevision = '-';
const nameEnd = 8;

/**
 * Learns how long a workload's pods take from creation to ready. Counts only pods that were seen to begin: pending at the
 * first look, or not there yet. Of one that was ready or loading then, nobody can tell whether it is ready for the first
 * time. A pod counts once, so one that loses and regains readiness adds nothing. The wait for a node counts, for the lead
 * has to cover it; one of more than an hour does not.
 */
export class StartupLearner {
  /** Pods that are there, and whether their becoming ready is still to be counted. */
  readonly #pods = new Map<string, 'beginning' | 'settled'>();
  #samples: StartupSamples = new Map();
  #adopted: string | undefined;
  #hasLooked = false;

  /** Takes in what was learned before, by this or another replica of the scaler. */
  adopt(annotation: string | undefined): void {
    if (annotation === this.#adopted) return;
    this.#adopted = annotation;
    this.#samples = mergeSamples(this.#samples, readStartup(annotation));
  }

  /** Looks at all pods of the workload. */
  note(pods: readonly Pod[]): void {
    const keys = new Set(pods.map(keyOf));
    for (const key of this.#pods.keys()) if (!keys.has(key)) this.#pods.delete(key);
    for (const pod of pods) this.#noteOne(pod);
    this.#hasLooked = true;
  }

  get startup(): Startup | undefined {
    return startupOf(this.#samples);
  }

  /** The annotation that would keep what is known; undefined while that is nothing. */
  get annotation(): string | undefined {
    return this.#samples.size > 0 ? writeStartup(this.#samples) : undefined;
  }

  #noteOne(pod: Pod): void {
    const key = keyOf(pod);
    const standing = this.#pods.get(key) ?? (this.#isBeginning(pod) ? 'beginning' : 'settled');
    this.#pods.set(key, standing);
    if (standing === 'settled' || pod.phase === 'pending' || pod.phase === 'loading') return;
    this.#pods.set(key, 'settled');
    const sample = sampleOf(pod);
    if (sample) this.#samples = mergeSamples(this.#samples, new Map([[pod.revision ?? noRevision, [sample]]]));
  }

  #isBeginning({ phase }: Pod): boolean {
    return phase === 'pending' || (this.#hasLooked && phase !== 'terminating');
  }
}

/** A StatefulSet gives a new pod the name of the one that it replaces. */
function keyOf({ name, createdAtMs }: Pod): string {
  return `${name} ${createdAtMs}`;
}

function sampleOf({ name, createdAtMs, readySinceMs }: Pod): StartupSample | undefined {
  if (createdAtMs === undefined || readySinceMs === undefined) return undefined;
  const tookSeconds = Math.round((readySinceMs - createdAtMs) / 1_000);
  if (tookSeconds <= 0 || tookSeconds > longestStartSeconds) return undefined;
  return { createdSeconds: Math.floor(createdAtMs / 1_000), tookSeconds, pod: name.slice(-nameEnd) };
}
