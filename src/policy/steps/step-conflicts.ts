import { addsUp } from '../../domain/signal.ts';
import { isStepOut } from '../../domain/step.ts';
import type { Step } from '../../domain/step.ts';
import { quoted } from '../parse.ts';
import { thresholdForm } from './thresholds.ts';

/** What makes one step senseless by itself, with what to write instead; undefined where nothing does. */
export function describeNonsense(step: Step): string | undefined {
  const { signal, comparison } = step;
  if (isStepOut(step) !== looksUp(step)) {
    const [does, opposite] = isStepOut(step) ? ['adds replicas', '>'] : ['removes replicas', '<'];
    const state = looksUp(step) ? 'high' : 'low';
    return `${does} while ${signal} is ${state}; write ${opposite}, or turn the sign of the change`;
  }
  const reach = reachOf(step);
  if (reach === 'never') return `never applies: ${signal} can't be ${comparison} that; choose another value`;
  if (reach === 'always') return `always applies: ${signal} is never anything else; choose another value`;
  return undefined;
}

/** Why a step can't have an effect beside an earlier or later one; undefined where it can. */
export function describeConflict(step: Step, other: Step): string | undefined {
  if (step.signal !== other.signal) return undefined;
  if (isStepOut(step) !== isStepOut(other)) return describeOverlap(step, other);
  if (isSame(step, other)) return `says the same as ${quoted(other.text)}; leave one of the two out`;
  if (implies(step, other) && step.forMs >= other.forMs && !changesMore(step, other)) {
    return `never decides: ${quoted(other.text)} applies whenever it does, and changes as much or more; leave it out`;
  }
  return undefined;
}

/**
 * Twice the replicas carry half each: where a step removes replicas above half of what another adds them at, one replica
 * turns into two and back without end.
 */
export function describeFlapping(step: Step, other: Step): string | undefined {
  const isPair = step.signal === other.signal && isStepOut(step) && !isStepOut(other);
  if (!isPair || !addsUp(step.signal) || other.threshold <= step.threshold / 2) return undefined;
  return (
    `${quoted(step.text)} turns one replica into two that carry half as much, which ${quoted(other.text)} may turn back into ` +
    `one; let it remove below half of what the other adds at`
  );
}

function looksUp({ comparison }: Step): boolean {
  return comparison === '>' || comparison === '>=';
}

/** No signal is below 0, and shares are not above 1. */
function reachOf({ signal, comparison, threshold }: Step): 'never' | 'always' | 'sometimes' {
  const { highest } = thresholdForm(signal);
  if (comparison === '<' && threshold === 0) return 'never';
  if (comparison === '>' && threshold === highest) return 'never';
  if (comparison === '>=' && threshold === 0) return 'always';
  return comparison === '<=' && threshold === highest ? 'always' : 'sometimes';
}

/** Values at which one step adds and the other removes. */
function describeOverlap(step: Step, other: Step): string | undefined {
  const [out, into] = isStepOut(step) ? [step, other] : [other, step];
  const touches = out.comparison === '>=' && into.comparison === '<=' && out.threshold === into.threshold;
  if (out.threshold >= into.threshold && !touches) return undefined;
  return `contradicts ${quoted(other.text)}: there are values at which one adds replicas and the other removes them`;
}

/** Whether the comparison of `step` can't hold without that of `other`. */
function implies(step: Step, other: Step): boolean {
  if (step.threshold === other.threshold) return isInclusive(other) || !isInclusive(step);
  return looksUp(step) ? step.threshold > other.threshold : step.threshold < other.threshold;
}

function isInclusive({ comparison }: Step): boolean {
  return comparison === '>=' || comparison === '<=';
}

function isSame(step: Step, other: Step): boolean {
  return (
    step.comparison === other.comparison &&
    step.threshold === other.threshold &&
    step.forMs === other.forMs &&
    step.change.by === other.change.by &&
    step.change.amount === other.change.amount
  );
}

/** False only where it is certain: a percentage may be more or less than a number. */
function changesMore({ change }: Step, { change: other }: Step): boolean {
  return change.by !== other.by || Math.abs(change.amount) > Math.abs(other.amount);
}
