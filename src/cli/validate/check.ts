import type { Policy } from '../../domain/policy.ts';
import { InvalidMetadataError } from '../../policy/invalid-metadata.ts';
import { parseTriggerMetadata } from '../../policy/trigger-metadata.ts';
import { asksPilotlight } from '../manifests/scaled-object.ts';
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
  const findings = checked.flatMap((one) => one.findings);
  if (own.length === 0) return [];
  return [...findings, ...checkCompany(triggers.length - own.length, policies), ...checkReplicas(manifest, policies)];
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
      text: `${key}: KEDA takes texts only; write ${key}: ${JSON.stringify(String(value))}`,
    }));
    return { findings: [...type, ...texts] };
  }
  return withPolicy(metadata as Record<string, string>, [...path, 'metadata'], type);
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
  const { minReplicaCount, idleReplicaCount, cooldownPeriod } = spec;
  const isDark = policies.some(({ offHours }) => offHours === 'closed');
  const sleeps = minReplicaCount === 0 || idleReplicaCount === 0;
  const least = minReplicaCount > 0 && idleReplicaCount === undefined && isDark;
  return [
    ...(idleReplicaCount === undefined ? [] : checkIdle(idleReplicaCount, minReplicaCount)),
    ...(least ? [about('warning', 'minReplicaCount', `${minReplicaCount} keeps that many in closed hours too; add idleReplicaCount: 0`)] : []), // prettier-ignore
    ...(cooldownPeriod !== undefined && idleReplicaCount === undefined && !sleeps ? [about('warning', 'cooldownPeriod', `${cooldownPeriod} has no effect: it delays going to zero alone, and minReplicaCount keeps ${minReplicaCount}; to scale in more slowly write advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.stabilizationWindowSeconds`)] : []), // prettier-ignore
    ...(cooldownPeriod === undefined && sleeps ? [about('note', 'cooldownPeriod', "is KEDA's 5 minutes, which come on top of idleAfter before it goes to zero")] : []), // prettier-ignore
  ];
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
