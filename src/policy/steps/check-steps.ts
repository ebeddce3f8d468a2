import type { SignalPlan } from '../../domain/policy.ts';
import { addsUp } from '../../domain/signal.ts';
import { isStepOut, trafficSignals } from '../../domain/step.ts';
import type { Step } from '../../domain/step.ts';
import type { Metadata } from '../metadata.ts';
import { percentSignals } from '../signals/targets.ts';
import { describeFlapping } from './step-conflicts.ts';

/** Whether a step removes replicas at a low latency, which says nothing unless there is traffic. */
export function needsTraffic(step: Step): boolean {
  return !isStepOut(step) && !addsUp(step.signal);
}

/** Checks steps against what else the policy has: rejects what can't work, and says what will surprise. */
export function checkSteps(metadata: Metadata, steps: readonly Step[], plans: readonly SignalPlan[]): void {
  if (steps.length === 0) return;
  const blind = steps.find(needsTraffic);
  if (blind && !plans.some(showsTraffic)) metadata.reject('steps', describeBlind(blind));
  const hasTargets = plans.some(({ target }) => target !== undefined);
  const warnings = [
    steps.every(isStepOut) ? describeOneWay(hasTargets) : undefined,
    hasTargets || steps.some(isStepOut) ? undefined : onlyDown,
    ...steps.flatMap((step) => steps.map((other) => describeFlapping(step, other))),
    ...steps.map(describeSlip),
  ];
  for (const warning of warnings) if (warning !== undefined) metadata.warn('steps', warning);
}

/** A queue that may tell what it has handed out, or may not, is not enough. */
function showsTraffic({ signal, origin, required }: SignalPlan): boolean {
  return trafficSignals.includes(signal) && (required || origin.kind === 'engine');
}

const onlyDown =
  'none adds replicas, and there is no target, so they only ever fall; add a step such as "queue > 5 for 1m: +1", or a target';

function describeBlind({ text }: Step): string {
  return `"${text}" has to see whether there is traffic, for without it there is no latency; name the engine, or add runningFrom or requestRateFrom`;
}

function describeOneWay(hasTargets: boolean): string {
  const remedy = 'add a step that removes, such as "gpuUtilization < 30 for 10m: -1"';
  return hasTargets
    ? `none removes replicas, so what they add is taken back as soon as the targets ask for less; ${remedy}`
    : `none removes replicas, so what they add stays until the workload is idle; ${remedy}`;
}

/** Percentages of 1 or less are often ratios. */
function describeSlip({ signal, threshold, text }: Step): string | undefined {
  if (!percentSignals.includes(signal) || threshold > 0.01 || threshold === 0) return undefined;
  return `"${text}" is in percent, so this is 1 % or less; write 80 for 80 %`;
}
