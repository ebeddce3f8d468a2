import type { Bid, DecisionContext } from '../../domain/decision.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { Policy } from '../../domain/policy.ts';
import { isComplete } from '../../domain/reading.ts';
import type { FreshReading } from '../../domain/reading.ts';
import { isStepOut } from '../../domain/step.ts';
import type { Step, StepWindow } from '../../domain/step.ts';
import { describeShare, usableReading } from '../steps/compared-value.ts';
import { describeUnsettled } from '../steps/settled.ts';
import { formatCoverage, formatValue } from '../wording.ts';

/** A step whose comparison has held for its whole window, and the replicas that it comes to. */
interface DueStep {
  readonly step: Step;
  readonly window: StepWindow;
  readonly reading: FreshReading;
  readonly replicas: number;
}

/**
 * Takes the steps whose comparisons have held for their windows, counted since the replicas changed last. A step that adds
 * asks for more than there are; the highest counts. One that removes asks for less, and at least one, where no other is on
 * its way to adding. Until a step applies the replicas stay as they are, for steps say how to change and not how many are
 * needed; but where targets say that, and no step removes, the targets decide. Nothing to do is a reason to let go of all.
 */
export function steps(policy: Policy, context: DecisionContext): Bid | undefined {
  const { replicas } = context.workload;
  if (policy.steps.length === 0 || replicas === 0 || isIdle(policy, context)) return undefined;
  const due = policy.steps.flatMap((step, index) => dueStep(step, context.stepWindows?.[index], policy, context));
  const out = highest(due.filter(({ step }) => isStepOut(step)));
  if (out) return bidOf(out);
  if (!keepsCurrent(policy)) return undefined;
  const adding = policy.steps.find((step, index) => isStepOut(step) && context.stepWindows?.[index]);
  const into = adding ? undefined : highest(deepestBySignal(due));
  if (into && into.replicas < replicas) return bidOf(into);
  return { rule: 'steps', atLeast: replicas, why: `keeps ${replicas}: ${describeWait(policy, context, adding)}` };
}

function isIdle({ idleAfterMs }: Policy, { quietSinceMs, nowMs }: DecisionContext): boolean {
  return quietSinceMs !== undefined && nowMs - quietSinceMs >= idleAfterMs;
}

/** Whether the replicas stay until a step says otherwise. With targets and without a step that removes, the targets lower. */
function keepsCurrent({ steps: all, signals }: Policy): boolean {
  return signals.every(({ target }) => target === undefined) || !all.every(isStepOut);
}

function dueStep(step: Step, window: StepWindow | undefined, policy: Policy, context: DecisionContext): DueStep[] {
  const { workload, nowMs } = context;
  if (!window || window.heldUntilMs - window.heldSinceMs < step.forMs) return [];
  const reading = usableReading(step, context);
  if (!reading) return [];
  if (describeUnsettled(isStepOut(step) ? 'out' : 'in', workload, policy, nowMs) !== undefined) return [];
  return [{ step, window, reading, replicas: changed(workload.replicas, step) }];
}

/** What a step makes of a number of replicas: a whole number, another one, and not below one. */
function changed(replicas: number, { change: { by, amount } }: Step): number {
  const share = by === 'replicas' ? amount : (replicas * amount) / 100;
  // A share is rounded up where it adds and down where it removes: rather warm than cold, but never nothing.
  const delta = amount > 0 ? Math.max(1, Math.ceil(share)) : Math.min(-1, Math.ceil(share));
  return Math.max(1, replicas + delta);
}

function highest(due: readonly DueStep[]): DueStep | undefined {
  return due.reduce<DueStep | undefined>(
    (best, one) => (best && best.replicas >= one.replicas ? best : one),
    undefined,
  );
}

/** Of the steps that remove by one signal, the one that removes most: the others are its milder grades. */
function deepestBySignal(due: readonly DueStep[]): DueStep[] {
  const bySignal = Map.groupBy(due, ({ step }) => step.signal);
  return [...bySignal.values()].map((grades) => grades.reduce((deepest, one) => (one.replicas < deepest.replicas ? one : deepest))); // prettier-ignore
}

function bidOf({ step, window, reading, replicas }: DueStep): Bid {
  const { signal, comparison, threshold, forMs, change } = step;
  const heard = isComplete(reading) ? '' : `, ${formatCoverage(reading.coverage)}`;
  const value = `${signal} ${formatValue(signal, window.mean)}${describeShare(signal)} (${reading.source}${heard})`;
  const heldFor = formatDuration(window.heldUntilMs - window.heldSinceMs);
  const amount = `${change.amount > 0 ? '+' : ''}${change.amount}${change.by === 'percent' ? ' %' : ''}`;
  const why = `${value} ${comparison} ${formatValue(signal, threshold)} for ${heldFor} of ${formatDuration(forMs)}: ${amount}, to ${replicas}`;
  return { rule: 'steps', atLeast: replicas, why };
}

function describeWait(policy: Policy, { workload, nowMs }: DecisionContext, adding: Step | undefined): string {
  const unsettled = describeUnsettled('out', workload, policy, nowMs);
  if (unsettled !== undefined) return `no step until all are ready, ${unsettled}`;
  return adding ? `"${adding.text}" is on its way` : 'no step applies';
}
