import type { Clock } from '../../domain/clock.ts';
import { InvalidMetadataError } from '../../policy/invalid-metadata.ts';
import { parseTriggerMetadata } from '../../policy/trigger-metadata.ts';
import type { ScaledObjectRef } from '../../domain/workload.ts';
import type { Endpoint } from './endpoint.ts';
import type { Endpoints } from './endpoints.ts';
import type { TriggerMetadata } from './trigger-index.ts';

/** Less than the startup probe of the chart waits for the gRPC port. */
const longestMs = 90_000;
/** While one trigger after the other decides, the others are waited for; those that can't decide are not. */
const patienceMs = 5_000;
/** Before the first decides, all that is known of its namespace has to be heard from the API server, which may be slow. */
const firstPatienceMs = 30_000;

interface KnownTrigger {
  readonly ref: ScaledObjectRef;
  readonly metadata: TriggerMetadata;
}

/**
 * Has the triggers decide before KEDA asks for them, so that a replica that has just started answers like the others from
 * its first call on. Those of other scalers are left alone: their metadata are not ours. Resolves when all have decided,
 * or none has for a while.
 */
export async function prewarm(endpoints: Endpoints, triggers: readonly KnownTrigger[], clock: Clock): Promise<void> {
  const waitedFor = triggers.filter(isOurs).flatMap(({ ref, metadata }) => found(endpoints, ref, metadata));
  let undecided = waitedFor.length;
  if (undecided === 0) return;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const done = (): void => resolve(undefined);
  const cancelLongest = clock.after(longestMs, done);
  let cancelPatience = clock.after(firstPatienceMs, done);
  const cancels = waitedFor.map((endpoint) =>
    onceDecided(endpoint, () => {
      undecided -= 1;
      cancelPatience();
      cancelPatience = clock.after(patienceMs, done);
      if (undecided === 0) done();
    }),
  );
  await promise;
  for (const cancel of [cancelLongest, cancelPatience, ...cancels]) cancel();
}

function isOurs({ metadata }: KnownTrigger): boolean {
  try {
    parseTriggerMetadata(metadata);
    return true;
  } catch (error) {
    if (error instanceof InvalidMetadataError) return false;
    throw error;
  }
}

/** None where there are as many as may be. */
function found(endpoints: Endpoints, ref: ScaledObjectRef, metadata: TriggerMetadata): Endpoint[] {
  try {
    return [endpoints.find(ref, metadata)];
  } catch {
    return [];
  }
}

function onceDecided(endpoint: Endpoint, tell: () => void): () => void {
  let isTold = false;
  const look = (): void => {
    if (isTold || endpoint.snapshot()?.verdict.state !== 'decided') return;
    isTold = true;
    tell();
  };
  const leave = endpoint.subscribe(look);
  look();
  return leave;
}
