import type { DecisionContext } from '../domain/decision.ts';
import type { Policy, SignalPlan } from '../domain/policy.ts';
import type { FreshReading, Reading } from '../domain/reading.ts';
import { signals } from '../domain/signal.ts';
import type { SignalName } from '../domain/signal.ts';
import { readyPods } from '../domain/workload.ts';
import type { Workload } from '../domain/workload.ts';
import { standingOf } from './standing.ts';
import { describeLoss, formatNumber, formatRequests, formatValue } from './wording.ts';

/** A GPU that is busy for less than this share of the time serves nobody: clocks, drivers and health checks cost a little. */
const idleGpuUtilization = 0.05;

/** What one signal says of work: there is some, there is none, it should tell and can't, or it is no evidence either way. */
type Finding = { readonly says: 'work' | 'no work' | 'unknown'; readonly text: string } | { readonly says: 'nothing' };

interface Quietness {
  readonly quiet: boolean;
  /** What shows it: `2 requests waiting (redis jobs)`, `queue 0 (redis jobs), no pod is ready`. */
  readonly because: string;
}

/**
 * Whether a workload has nothing to do at this moment: nothing waits, nothing runs, its GPUs are idle. What can't be told
 * is not quiet, and an empty queue alone is not either, because requests may still be running.
 */
export function quietness(policy: Policy, workload: Workload, readings: DecisionContext['readings']): Quietness {
  const findings = policy.signals.map((plan) => ({
    plan,
    finding: findWork(plan, readings.get(plan.signal), plan.required && policy.onSignalLoss !== 'ignore'),
  }));
  const texts = (says: Finding['says']): string[] =>
    findings.flatMap(({ finding }) => (finding.says === says && finding.says !== 'nothing' ? [finding.text] : []));
  const [veto] = [...texts('work'), ...texts('unknown')];
  if (veto !== undefined) return { quiet: false, because: veto };
  const noPodReady = readyPods(workload).length === 0;
  const told = findings.some(({ plan, finding }) => showsWorking(plan.signal) && finding.says === 'no work');
  if (!noPodReady && !told) return { quiet: false, because: 'nothing tells whether requests run' };
  return { quiet: true, because: [...texts('no work'), ...(noPodReady ? ['no pod is ready'] : [])].join(', ') };
}

/** @param vetoes whether a number that should be there and is not keeps the workload awake */
function findWork(plan: SignalPlan, reading: Reading | undefined, vetoes: boolean): Finding {
  if (!countsAsWork(plan.signal)) return { says: 'nothing' };
  const standing = standingOf(reading);
  if (standing.state === 'nothing to tell') return { says: 'nothing' };
  if (standing.state !== 'lost' && isWork(plan.signal, standing.reading)) {
    return { says: 'work', text: describeWork(plan.signal, standing.reading) };
  }
  if (standing.state === 'complete') return { says: 'no work', text: describeCalm(plan.signal, standing.reading) };
  return vetoes ? { says: 'unknown', text: describeLoss(plan.signal, reading) } : { says: 'nothing' };
}

/** The share of cache or memory in use does not fall when work ends; requests that arrive are work all the same. */
function countsAsWork(signal: SignalName): boolean {
  return signals[signal].shows !== 'neither' || signal === 'requestRate';
}

function showsWorking(signal: SignalName): boolean {
  return signals[signal].shows === 'working';
}

function isWork(signal: SignalName, reading: FreshReading): boolean {
  return signal === 'gpuUtilization' ? meanPerPod(reading) > idleGpuUtilization : reading.value > 0;
}

function meanPerPod(reading: FreshReading): number {
  return reading.value / Math.max(1, reading.coverage.heard);
}

function describeWork(signal: SignalName, reading: FreshReading): string {
  const { value, source } = reading;
  if (signal === 'queue') return `${formatRequests(value)} waiting (${source})`;
  if (signal === 'running') return `${formatRequests(value)} running (${source})`;
  if (signal === 'gpuUtilization') return `GPUs at ${formatValue(signal, meanPerPod(reading))} per pod (${source})`;
  return `${signal} ${formatValue(signal, value)} (${source})`;
}

function describeCalm(signal: SignalName, reading: FreshReading): string {
  if (signal === 'gpuUtilization')
    return `GPUs at ${formatValue(signal, meanPerPod(reading))} per pod (${reading.source})`;
  return `${signal} ${formatNumber(reading.value)} (${reading.source})`;
}
