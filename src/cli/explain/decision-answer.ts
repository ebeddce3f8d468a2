import { z } from 'zod';

const coverage = z.object({ heard: z.number(), expected: z.number() });
const pod = z.object({
  name: z.string(),
  phase: z.string(),
  requests: z.number().optional(),
  gpuUtilization: z.number().optional(),
  deletionCost: z.object({ cost: z.number(), setBy: z.enum(['us', 'others']) }).optional(),
});

const workload = z.discriminatedUnion('state', [
  z.object({ state: z.literal('unknown'), reason: z.string() }),
  z.object({
    state: z.literal('known'),
    target: z.string(),
    replicas: z.number(),
    minReplicas: z.number().optional(),
    maxReplicas: z.number().optional(),
    startupSeconds: z.number().optional(),
    rolloutSince: z.string().optional(),
    pods: z.array(pod),
  }),
]);

const override = z.object({
  state: z.string(),
  min: z.number().optional(),
  max: z.number().optional(),
  until: z.string().optional(),
  reason: z.string().optional(),
  text: z.string().optional(),
  problem: z.string().optional(),
});

const bid = z.object({
  rule: z.string(),
  atLeast: z.number().optional(),
  atMost: z.number().nullish(),
  keepAlive: z.boolean().optional(),
  why: z.string(),
});

const signal = z.object({
  signal: z.string(),
  unit: z.string(),
  target: z.number().optional(),
  state: z.enum(['fresh', 'absent', 'stale', 'failed']),
  value: z.number().optional(),
  lastValue: z.number().optional(),
  note: z.string().optional(),
  reason: z.string().optional(),
  source: z.string(),
  coverage,
  ageSeconds: z.number(),
});

const calendar = z.object({
  timezone: z.string(),
  open: z.boolean(),
  floor: z.number(),
  ceiling: z.number().optional(),
  because: z.string(),
  since: z.string().optional(),
  nextEdge: z.string().optional(),
  upcoming: z.object({ floor: z.number(), because: z.string(), opensAt: z.string() }).optional(),
});

const trigger = z.object({
  state: z.enum(['decided', 'undecided']),
  reason: z.string().optional(),
  required: z.number().optional(),
  emitted: z.number().optional(),
  emittedBecause: z.string().optional(),
  active: z.boolean().optional(),
  rule: z.string().optional(),
  why: z.string().optional(),
  decidedAt: z.string().optional(),
  override: override.optional(),
  workload: workload.optional(),
  bids: z.array(bid),
  signals: z.array(signal),
  quiet: z.object({ quiet: z.boolean(), because: z.string(), since: z.string().optional() }).optional(),
  calendar: calendar.optional(),
  warnings: z.array(z.string()),
});

/** What a scaler answers to `/api/decisions/NAMESPACE/NAME`. */
export const decisionAnswer = z.object({ namespace: z.string(), name: z.string(), triggers: z.array(trigger) });

export type DecisionAnswer = z.infer<typeof decisionAnswer>;
export type TriggerAnswer = DecisionAnswer['triggers'][number];
