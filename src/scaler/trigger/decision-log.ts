import type { Verdict } from '../../domain/decision.ts';
import { refKey } from '../../domain/workload.ts';
import type { ScaledObjectRef } from '../../domain/workload.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { wholeReplicas } from '../grpc/metric-value.ts';

/** Logs a decision where it differs from the one before in what a person would act on: whole replicas, the rule, or that there is none. */
export function logDecision(logger: Logger, ref: ScaledObjectRef, after: Verdict, before: Verdict | undefined): void {
  if (before && essence(after) === essence(before)) return;
  const scaledobject = refKey(ref);
  if (after.state === 'undecided') {
    logger.warn({ scaledobject, reason: after.reason }, 'no decision');
    return;
  }
  const { required, active, rule, why } = after;
  logger.info({ scaledobject, required: wholeReplicas(required), active, rule, why }, 'decision changed');
}

function essence(verdict: Verdict): string {
  if (verdict.state === 'undecided') return verdict.state;
  return `${wholeReplicas(verdict.required)} ${verdict.active ? 'active' : 'inactive'} ${verdict.rule}`;
}
