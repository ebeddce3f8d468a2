import { nearestName } from '../../domain/nearest-name.ts';
import type { Policy } from '../../domain/policy.ts';
import { parseTriggerMetadata } from '../../policy/trigger-metadata.ts';
import { UsageError } from '../../program/options.ts';
import type { HpaBehavior } from '../../simulator/hpa-behavior.ts';
import type { ScaledObject } from '../../simulator/scaled-object.ts';
import { readManifests } from '../manifests/manifest.ts';
import { asksPilotlight, scaledObject } from '../manifests/scaled-object.ts';
import type { ScaledObjectManifest } from '../manifests/scaled-object.ts';
import { withoutAbsent } from '../../kubernetes/without-absent.ts';

/** What a simulation plays: a ScaledObject with its one trigger of pilotlight. */
export interface PlayedTrigger {
  readonly scaledObject: ScaledObject;
  readonly policy: Policy;
  /** Types of its other triggers. */
  readonly others: readonly string[];
}

/**
 * Picks the ScaledObject that is to be played out of a file in which `validate` finds no error. Throws UsageError where it is
 * not clear which, or what it would play.
 */
export function pickTrigger(
  text: string,
  { file, name, address }: { file: string; name: string; address: string },
): PlayedTrigger {
  const all = readManifests(text).manifests.flatMap(({ content }) => scaledObject.safeParse(content).data ?? []);
  const own = all.filter(({ spec }) => spec.triggers.some((trigger) => asksPilotlight(trigger, address)));
  if (own.length === 0) {
    throw new UsageError(
      `${file} has no ScaledObject with a trigger whose scalerAddress contains "${address}"; see --address`,
    );
  }
  return toPlayed(pickByName(own, file, name), address);
}

function pickByName(manifests: readonly ScaledObjectManifest[], file: string, name: string): ScaledObjectManifest {
  const names = manifests.map(fullName);
  const [first, ...more] = manifests.filter((one) => name === '' || [one.metadata.name, fullName(one)].includes(name));
  if (first && more.length === 0) return first;
  if (first) throw new UsageError(`${file} has several ScaledObjects; pick one with --name: ${names.join(', ')}`);
  const meant = nearestName(name, [...names, ...manifests.map(({ metadata }) => metadata.name)]);
  const hint = meant === undefined ? `it has ${names.join(', ')}` : `did you mean "${meant}"?`;
  throw new UsageError(`--name: ${file} has no ScaledObject "${name.slice(0, 80)}" of pilotlight; ${hint}`);
}

function fullName({ metadata }: ScaledObjectManifest): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function toPlayed(manifest: ScaledObjectManifest, address: string): PlayedTrigger {
  const { triggers } = manifest.spec;
  const [trigger, ...more] = triggers.filter((one) => asksPilotlight(one, address));
  if (!trigger || more.length > 0) {
    throw new UsageError(
      `${fullName(manifest)} has ${more.length + 1} triggers of pilotlight, and only one can be played; join them into one`,
    );
  }
  const metadata = trigger.metadata as Readonly<Record<string, string>>;
  const others = triggers.filter((one) => one !== trigger).map(({ type }) => type);
  const triggerType = trigger.type as ScaledObject['triggerType'];
  return {
    scaledObject: toScaledObject(manifest, { triggerType, metadata }),
    policy: parseTriggerMetadata(metadata),
    others,
  };
}

function toScaledObject(
  { metadata, spec }: ScaledObjectManifest,
  trigger: Pick<ScaledObject, 'triggerType' | 'metadata'>,
): ScaledObject {
  const { minReplicaCount, maxReplicaCount, idleReplicaCount, pollingInterval, cooldownPeriod, advanced } = spec;
  const ms = (seconds: number | undefined): number | undefined => (seconds === undefined ? undefined : seconds * 1_000);
  return withoutAbsent({
    ...metadata,
    ...trigger,
    minReplicaCount,
    maxReplicaCount,
    idleReplicaCount,
    pollingIntervalMs: ms(pollingInterval),
    cooldownPeriodMs: ms(cooldownPeriod),
    behavior: advanced?.horizontalPodAutoscalerConfig?.behavior as HpaBehavior | undefined,
  });
}
