import { nearestName } from '../domain/nearest-name.ts';
import { addsUp, signalNames } from '../domain/signal.ts';
import { certificateKeys, kedaKeys, misplacedKeys, policyKeys } from './metadata-keys.ts';
import { quoted } from './parse.ts';
import type { Report } from './parse.ts';

/** One value that the user gave. */
export interface Entry {
  /** The key as it was written, which may end in `FromEnv`. */
  readonly writtenKey: string;
  readonly text: string;
  /** KEDA took the value from a container's environment, so it may be anything, even a secret, and is never shown. */
  readonly isFromEnvironment: boolean;
}

const environmentSuffix = 'FromEnv';
const maxKeys = 200;
const maxValueLength = 16_384;
const maxLength = 65_536;

/**
 * Sorts out which keys were given, by the name of the key they count for. A key that ends in `FromEnv` counts for the key
 * without it: KEDA puts the value of the environment variable in and leaves the suffix. Keys are taken in alphabetical
 * order, because metadata arrives in none.
 */
export function readEntries(
  metadata: Readonly<Record<string, string>>,
  report: Report,
  warn: Report,
): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  const keys = Object.keys(metadata).sort();
  const length = metadataLength(metadata);
  if (length > maxLength) report(`the metadata is ${length} characters long; ${maxLength} are allowed in all`);
  if (keys.length > maxKeys) report(`${keys.length} keys are more than the ${maxKeys} allowed`);
  for (const writtenKey of keys.slice(0, maxKeys)) {
    const key = plainKey(writtenKey);
    if (certificateKeys.includes(key)) warn(describeLeak(writtenKey));
    if (kedaKeys.includes(key)) continue;
    const entry = { writtenKey, text: (metadata[writtenKey] ?? '').trim(), isFromEnvironment: key !== writtenKey };
    const earlier = entries.get(key);
    const problem = policyKeys.includes(key) ? problemOf(entry, earlier) : describeUnknown(writtenKey);
    if (problem !== undefined) report(problem);
    else entries.set(key, entry);
  }
  return entries;
}

/** Characters of all keys and values together. */
export function metadataLength(metadata: Readonly<Record<string, string>>): number {
  return Object.entries(metadata).reduce((sum, [key, value]) => sum + key.length + value.length, 0);
}

function plainKey(writtenKey: string): string {
  const base = writtenKey.endsWith(environmentSuffix) ? writtenKey.slice(0, -environmentSuffix.length) : writtenKey;
  // "queueFromEnv" is not "queueFrom" with an ending: without its suffix it would be "queue", which is no key.
  return policyKeys.includes(base) || kedaKeys.includes(base) ? base : writtenKey;
}

function problemOf({ writtenKey, text }: Entry, earlier: Entry | undefined): string | undefined {
  if (earlier) return `${earlier.writtenKey} and ${writtenKey} are both given; leave one out`;
  if (text === '') return `${writtenKey}: is empty; give it a value or leave it out`;
  if (text.length <= maxValueLength) return undefined;
  return `${writtenKey}: ${text.length} characters are more than the ${maxValueLength} allowed`;
}

function describeUnknown(key: string): string {
  const belongs = misplacedKeys.get(key);
  if (belongs !== undefined) return `${key}: belongs ${belongs}`;
  const shared = signalNames.find((signal) => !addsUp(signal) && key === `${signal}Target`);
  if (shared !== undefined) {
    return `${key}: ${shared} is nothing that replicas share, so it has no target; use steps, such as "${shared} > 2s for 1m: +50%"`;
  }
  const cutKey = key.endsWith('Env') ? key.slice(0, -'Env'.length) : key;
  if (cutKey !== key && policyKeys.includes(cutKey)) {
    return `unknown key "${key}"; did you mean "${cutKey}", or "${cutKey}FromEnv" to take it from the environment?`;
  }
  const meant = nearestName(key, policyKeys);
  if (meant !== undefined) return `unknown key ${quoted(key)}; did you mean "${meant}"?`;
  return `unknown key ${quoted(key)}; docs/configuration.md lists all keys`;
}

function describeLeak(key: string): string {
  return `${key}: KEDA does not read it here but shows it to the scaler in plain text; put it into a TriggerAuthentication`;
}
