import type { Policy } from '../../domain/policy.ts';
import { InvalidMetadataError } from '../../policy/invalid-metadata.ts';
import { parseTriggerMetadata } from '../../policy/trigger-metadata.ts';
import { asksPilotlight, externalTypes } from '../manifests/scaled-object.ts';
import type { ScaledObjectManifest, TriggerManifest } from '../manifests/scaled-object.ts';

/** Something about a ScaledObject, and where. Only errors keep it from working. */
export interface Finding {
  readonly severity: 'error' | 'warning' | 'note';
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/**
 * Finds what is wrong with a ScaledObject, or will surprise: in the metadata of pilotlight's triggers, and in what KEDA makes
 * of them. Whether connections of those names exist is not known here.
 * @param addressPart part of the address by which pilotlight's triggers are known
 */
export function checkScaledObject(manifest: ScaledObjectManifest, addressPart: string): Finding[] {
  const { triggers } = manifest.spec;
  const own = triggers.flatMap((trigger, index) => (asksPilotlight(trigger, addressPart) ? [{ trigger, index }] : []));
  const checked = own.map(({ trigger, index }) => checkTrigger(trigger, index));
  const policies = checked.flatMap(({ policy }) => policy ?? []);
  const findings = [...checkTypes(triggers, addressPart), ...checked.flatMap((one) => one.findings)];
  if (own.length === 0) return findings;
  return [...findings, ...checkCompany(triggers.length - own.length, policies), ...checkReplicas(manifest, policies)];
}

/** A trigger that names pilotlight's address and is of no type that has one is left alone by both. */
function checkTypes(triggers: readonly TriggerManifest[], addressPart: string): Finding[] {
  return triggers.flatMap(({ type, metadata }, index): Finding[] => {
    const address = metadata['scalerAddress'];
    const isMeant = typeof address === 'string' && address.includes(addressPart);
    if (!isMeant || externalTypes.includes(type)) return [];
    const text = `type: ${JSON.stringify(type)} has no scalerAddress; write external-push (or external, which is heard only when KEDA polls)`;
    return [{ severity: 'error', path: ['spec', 'triggers', index, 'type'], text }];
  });
}

function checkTrigger(
  { metricType, metadata }: TriggerManifest,
  index: number,
): { findings: Finding[]; policy?: Policy } {
  const path = ['spec', 'triggers', index];
  const type: Finding[] =
    metricType === undefined || metricType === 'AverageValue'
      ? []
      : [
          {
            severity: 'error',
            path: [...path, 'metricType'],
            text: `metricType: "${metricType}" makes no sense of a number of replicas; write AverageValue, or leave it out`,
          },
        ];
  const unquoted = Object.entries(metadata).filter(([, value]) => typeof value !== 'string');
  if (unquoted.length > 0) {
    const texts = unquoted.map(([key, value]): Finding => ({
      severity: 'error',
      path: [...path, 'metadata', key],
      text: `${key}: KEDA takes texts only; ${describeText(key, value)}`,
    }));
    // As if they were quoted, so that all that is wrong is told at once.
    const quoted = Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, textOf(value)]));
    return { findings: withPolicy(quoted, [...path, 'metadata'], [...type, ...texts]).findings };
  }
  return withPolicy(metadata as Record<string, string>, [...path, 'metadata'], type);
}

/** A scalar is meant as it was written; of a map or a list nobody knows how. */
function describeText(key: string, value: unknown): string {
  return typeof value === 'object' && value !== null ? `this is a ${Array.isArray(value) ? 'list' : 'map'}` : `write ${key}: ${JSON.stringify(String(value))}`; // prettier-ignore
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

function withPolicy(
  metadata: Record<string, string>,
  path: readonly (string | number)[],
  before: Finding[],
): { findings: Finding[]; policy?: Policy } {
  const at = (severity: Finding['severity']) => (text: string): Finding => ({ severity, path: [...path, ...(/^\w+(?=:)/.exec(text) ?? [])], text }); // prettier-ignore
  try {
    const policy = parseTriggerMetadata(metadata);
    return { policy, findings: [...before, ...policy.warnings.map(at('warning'))] };
  } catch (error) {
    if (!(error instanceof InvalidMetadataError)) throw error;
    return { findings: [...before, ...error.problems.map(at('error'))] };
  }
}

/** KEDA takes the highest of all triggers, so what one forbids another may still ask for. */
function checkCompany(others: number, policies: readonly Policy[]): Finding[] {
  const limits = policies.some(({ offHours, offHoursMaxReplicas, calendar }) => offHours === 'closed' || offHoursMaxReplicas !== undefined || calendar?.windows.some(({ max }) => max !== undefined)); // prettier-ignore
  if (others === 0 || !limits) return [];
  const text =
    'other triggers beside this one can only add: closed hours and ceilings bind none of them; move what they look at into this trigger (queueFrom, <signal>From), or combine them with scalingModifiers';
  return [{ severity: 'warning', path: ['spec', 'triggers'], text }];
}

function checkReplicas({ spec }: ScaledObjectManifest, policies: readonly Policy[]): Finding[] {
  const { minReplicaCount, maxReplicaCount, idleReplicaCount } = spec;
  const isDark = policies.some(({ offHours }) => offHours === 'closed');
  const least = minReplicaCount > 0 && idleReplicaCount === undefined && isDark;
  return [
    ...(maxReplicaCount !== undefined && maxReplicaCount < minReplicaCount ? [about('error', 'minReplicaCount', `${minReplicaCount} is above maxReplicaCount, which is ${maxReplicaCount}; lower the one or raise the other`)] : []), // prettier-ignore
    ...(idleReplicaCount === undefined ? [] : checkIdle(idleReplicaCount, minReplicaCount)),
    ...(least ? [about('warning', 'minReplicaCount', `${minReplicaCount} keeps that many in closed hours too; add idleReplicaCount: 0`)] : []), // prettier-ignore
    ...checkCooldown(spec),
  ];
}

/** It delays nothing but going to zero. */
function checkCooldown({ minReplicaCount, idleReplicaCount, cooldownPeriod }: ScaledObjectManifest['spec']): Finding[] {
  const key = 'cooldownPeriod';
  const sleeps = minReplicaCount === 0 || idleReplicaCount === 0;
  if (cooldownPeriod === undefined) {
    return sleeps ? [about('note', key, "is KEDA's 5 minutes, which come on top of idleAfter before it goes to zero")] : []; // prettier-ignore
  }
  if (sleeps || idleReplicaCount !== undefined) return [];
  const instead = 'advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.stabilizationWindowSeconds';
  return [about('warning', key, `${cooldownPeriod} has no effect: it delays going to zero alone, and minReplicaCount keeps ${minReplicaCount}; to scale in more slowly write ${instead}`)]; // prettier-ignore
}

function checkIdle(idle: number, least: number): Finding[] {
  const key = 'idleReplicaCount';
  if (idle !== 0) return [about('error', key, `${idle} makes KEDA go back and forth; it supports 0 only`)];
  if (least > 0) return [];
  return [about('error', key, `has to be below minReplicaCount, which is ${least}; leave it out, or write minReplicaCount: 1`)]; // prettier-ignore
}

function about(severity: Finding['severity'], key: string, text: string): Finding {
  return { severity, path: ['spec', key], text: `${key}: ${text}` };
}
