import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { durationExample, parseDuration } from '../domain/duration.ts';
import type { Pod, Workload } from '../domain/workload.ts';
import { withoutAbsent } from './without-absent.ts';
import { readOverride } from './override-text.ts';

/** A workload file that can't be used. Its message names the file and the place in it. */
export class InvalidWorkloadFile extends Error {
  override readonly name = 'InvalidWorkloadFile';
}

const name = z.string().min(1);
const count = z.number().int().nonnegative();
const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const pod = z.strictObject({
  name,
  phase: z.enum(['ready', 'loading', 'pending', 'terminating']),
  node: name.optional(),
  address: name.optional(),
  createdAt: instant.optional(),
  notReadySince: instant.optional(),
  readySince: instant.optional(),
  revision: name.optional(),
});
const share = z.number().nonnegative();
const hpa = z.strictObject({
  minReplicas: count,
  maxReplicas: count,
  currentReplicas: count.optional(),
  scaleUpTolerance: share.optional(),
  scaleDownTolerance: share.optional(),
});
const startup = z
  .string()
  .refine((text) => (parseDuration(text) ?? 0) > 0, { message: `is no ${durationExample}` })
  .transform((text) => ({ p90Ms: parseDuration(text) ?? 0, pods: 1 }));
const workload = z
  .strictObject({
    namespace: name,
    name,
    target: name,
    replicas: count,
    minReplicas: count.optional(),
    maxReplicas: count.optional(),
    rolloutSince: instant.optional(),
    override: z.string().transform(readOverride).optional(),
    startup: startup.optional(),
    hpa: hpa.optional(),
    pods: z.array(pod).default([]),
  })
  .refine(({ minReplicas = 0, maxReplicas = Infinity }) => minReplicas <= maxReplicas, {
    path: ['minReplicas'],
    message: 'is above maxReplicas',
  });
const workloadFile = z.strictObject(
  { workloads: z.array(workload) },
  { error: ({ code }) => (code === 'invalid_type' ? 'must hold a list called "workloads"' : undefined) },
);

const shownIssues = 3;

/**
 * Reads the text of a workload file, YAML or JSON. Throws InvalidWorkloadFile that says which entry is wrong, what it is
 * and what it should be.
 */
export function readWorkloadFile(file: string, text: string): Workload[] {
  const { success, data, error } = workloadFile.safeParse(parseText(file, text), { reportInput: true });
  if (!success) {
    const issues = error.issues.slice(0, shownIssues).map((issue) => describeIssue(issue));
    throw new InvalidWorkloadFile(`${file}: ${issues.join('; ')}`);
  }
  const seen = new Set<string>();
  for (const [index, entry] of data.workloads.entries()) {
    const key = `${entry.namespace}/${entry.name}`;
    if (seen.has(key)) throw new InvalidWorkloadFile(`${file}: workloads[${index}]: ${key} is there twice`);
    seen.add(key);
  }
  return data.workloads.map(toWorkload);
}

function parseText(file: string, text: string): unknown {
  try {
    return file.endsWith('.json') ? JSON.parse(text) : parseYaml(text);
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new InvalidWorkloadFile(`${file}: ${reason.replace(/:$/, '')}`);
  }
}

function describeIssue({ path, message, input }: z.core.$ZodIssue): string {
  const place = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  const found =
    typeof input === 'string' || typeof input === 'number' ? `, not ${JSON.stringify(input).slice(0, 80)}` : '';
  return `${place.replace(/^\./, '') || 'the file'}: ${message}${found}`;
}

function toWorkload(entry: z.infer<typeof workload>): Workload {
  const { namespace, name: refName, pods, target, replicas } = entry;
  const { minReplicas, maxReplicas, rolloutSince, override, startup: learned, hpa: facts } = entry;
  return {
    ref: { namespace, name: refName },
    target,
    replicas,
    ...(minReplicas !== undefined && { minReplicas }),
    ...(maxReplicas !== undefined && { maxReplicas }),
    ...(rolloutSince !== undefined && { rolloutSinceMs: rolloutSince }),
    ...(override !== undefined && { override }),
    ...(learned && { startup: learned }),
    ...(facts && { hpa: withoutAbsent(facts) }),
    pods: pods.map(toPod),
  };
}

function toPod({ name: podName, phase, createdAt, notReadySince, readySince, ...rest }: z.infer<typeof pod>): Pod {
  const times = { createdAtMs: createdAt, notReadySinceMs: notReadySince, readySinceMs: readySince };
  return { name: podName, phase, ...withoutAbsent({ ...rest, ...times }) };
}
