import { z } from 'zod';
import type { EpochMs } from '../../../domain/clock.ts';
import type { Pod, PodPhase } from '../../../domain/workload.ts';
import type { Labels } from '../../../domain/label-selector.ts';
import { withoutAbsent } from '../../without-absent.ts';
import { costAnnotations, readDeletionCost } from './deletion-cost.ts';
import { revisionOf } from './revision.ts';
import { SharedLabels } from './shared-labels.ts';

/** What is kept of a pod: the rest of it, some 10 KiB, is dropped when it is read. */
export interface PodRecord {
  readonly pod: Pod;
  readonly labels: Labels;
}

const instant = z
  .string()
  .transform((text): EpochMs => Date.parse(text))
  .pipe(z.number());
const condition = z.object({
  type: z.string(),
  status: z.string(),
  lastTransitionTime: instant.optional().catch(undefined),
});
const owner = z.object({ kind: z.string(), controller: z.boolean().default(false) });
const podObject = z.object({
  metadata: z.object({
    name: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    creationTimestamp: instant.optional().catch(undefined),
    deletionTimestamp: z.string().optional(),
    annotations: costAnnotations,
    ownerReferences: z.array(owner).catch([]).default([]),
  }),
  spec: z.object({ nodeName: z.string().optional() }).default({}),
  status: z
    .object({
      phase: z.string().optional(),
      podIP: z.string().optional(),
      conditions: z.array(condition).default([]),
    })
    .default({ conditions: [] }),
});
type PodObject = z.infer<typeof podObject>;

/** Whatever they are labels of, equal ones are the same. */
const sharedLabels = new SharedLabels();

/** Ended pods are left to the API server, so that they take no memory here. */
export const podFieldSelector = 'status.phase!=Succeeded,status.phase!=Failed';

/** Reads a pod of the API; undefined for one that has ended, or that is no pod. */
export function readPod(object: unknown): PodRecord | undefined {
  const { success, data } = podObject.safeParse(object);
  if (!success || data.status.phase === 'Succeeded' || data.status.phase === 'Failed') return undefined;
  const labels = sharedLabels.share(data.metadata.labels);
  return { labels, pod: podOf(data, labels) };
}

function podOf(data: PodObject, labels: Labels): Pod {
  const { metadata, spec, status } = data;
  const phase = phaseOf(data);
  const readiness = status.conditions.find(({ type }) => type === 'Ready');
  const sinceMs = readiness?.lastTransitionTime;
  const fields = {
    node: spec.nodeName,
    address: status.podIP,
    createdAtMs: metadata.creationTimestamp,
    notReadySinceMs: readiness?.status === 'True' ? undefined : sinceMs,
    readySinceMs: phase === 'ready' ? sinceMs : undefined,
    revision: revisionOf(labels),
    ofReplicaSet: metadata.ownerReferences.some(isReplicaSet) || undefined,
    deletionCost: readDeletionCost(metadata.annotations),
  };
  return { name: metadata.name, phase, ...withoutAbsent(fields) };
}

/** What keeps the pods of Deployments and Argo Rollouts. */
function isReplicaSet({ kind, controller }: z.infer<typeof owner>): boolean {
  return kind === 'ReplicaSet' && controller;
}

/** The topic of pods that carry this label; see Audience. */
export function labelTopic(key: string, value: string): string {
  return `${key}=${value}`;
}

/** The topic of every pod, for selectors that demand no label. */
export const anyPod = 'any';

/** What a pod can be waited for by. */
export function podTopics({ labels }: PodRecord): readonly string[] {
  return [anyPod, ...Object.entries(labels).map(([key, value]) => labelTopic(key, value))];
}

function phaseOf({ metadata, status }: PodObject): PodPhase {
  if (metadata.deletionTimestamp !== undefined) return 'terminating';
  if (status.conditions.some(({ type, status: value }) => type === 'Ready' && value === 'True')) return 'ready';
  return status.phase === 'Running' ? 'loading' : 'pending';
}
