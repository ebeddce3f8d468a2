import { z } from 'zod';
import { longestStartSeconds, mergeSamples } from './samples.ts';
import type { StartupSample, StartupSamples } from './samples.ts';

export const startupAnnotation = 'pilotlight.io/startup';

/** Twice what the longest one takes that is written here; longer ones are not ours. */
export const longestStartup = 4_096;

const sample = z
  .tuple([
    z.number().int().positive().max(1e11),
    z.number().int().positive().max(longestStartSeconds),
    z.string().max(16),
  ])
  .transform(([createdSeconds, tookSeconds, pod]): StartupSample => ({ createdSeconds, tookSeconds, pod }));
const samples = z.record(z.string().max(63), z.array(sample).max(100));

/**
 * Writes what was learned: `{"6d4f5b7c9":[[1764165600,220,"x7f2k"],…]}`, which are revision, second of creation, seconds
 * until ready and the end of the pod's name.
 */
export function writeStartup(learned: StartupSamples): string {
  const entries = [...learned].map(([revision, pods]) => [
    revision,
    pods.map(({ createdSeconds, tookSeconds, pod }) => [createdSeconds, tookSeconds, pod]),
  ]);
  return JSON.stringify(Object.fromEntries(entries));
}

/** Reads it again. What is no such text teaches nothing: anybody may have written it. */
export function readStartup(text: string | undefined): StartupSamples {
  if (text === undefined || text.length > longestStartup) return new Map();
  const { success, data } = samples.safeParse(parseJson(text));
  return success ? mergeSamples(new Map(Object.entries(data)), new Map()) : new Map();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
