import type { EpochMs } from '../../domain/clock.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { TriggerAnswer } from './decision-answer.ts';

/** Tells a decision: what is needed and why, how the workload stands, all bids, all readings, the calendar and warnings. */
export function explainTrigger(title: string, trigger: TriggerAnswer, nowMs: EpochMs): string[] {
  const timezone = trigger.calendar?.timezone ?? 'UTC';
  return [
    title,
    ...describeAnswer(trigger, nowMs),
    ...section('workload', describeWorkload(trigger, timezone)),
    ...section('pods with a deletion cost, those that go first before the others', describeCosts(trigger)),
    ...section('bids, highest precedence first', trigger.bids.map(describeBid)),
    ...section('signals', trigger.signals.map(describeSignal)),
    ...section('work', describeWork(trigger, timezone)),
    ...section('hours', describeHours(trigger, timezone)),
    ...section('warnings', trigger.warnings),
    '',
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `  ${title}`, ...lines.map((line) => `    ${line}`)];
}

function describeAnswer(trigger: TriggerAnswer, nowMs: EpochMs): string[] {
  const { decidedAt, emitted, emittedBecause, required } = trigger;
  const age = decidedAt === undefined ? '' : `, decided ${describeAge(roundToSecond(nowMs - Date.parse(decidedAt)))}`;
  if (trigger.state === 'undecided') return [`  no answer${age}: ${trigger.reason ?? ''}`];
  const state = trigger.active === true ? 'active' : 'inactive, may go to zero';
  return [
    `  needs ${count(required ?? 0)} (${state})${age}`,
    `  because of ${trigger.rule}: ${trigger.why}`,
    ...(emitted === required ? [] : [`  the HPA is told ${number(emitted ?? 0)}: ${emittedBecause ?? ''}`]),
  ];
}

function describeAge(ageMs: number): string {
  return ageMs <= 0 ? 'just now' : `${formatDuration(ageMs)} ago`;
}

function describeWorkload({ workload, override }: TriggerAnswer, timezone: string): string[] {
  if (!workload) return [];
  if (workload.state === 'unknown') return [`unknown: ${workload.reason}`];
  const { target, replicas, minReplicas = 0, maxReplicas, startupSeconds, rolloutSince, pods } = workload;
  const phases = Map.groupBy(pods, ({ phase }) => phase);
  const parts = [...phases].map(([phase, members]) => `${members.length} ${phase}`);
  const range = maxReplicas === undefined ? `at least ${minReplicas}` : `${minReplicas} to ${maxReplicas}`;
  return [
    `${target}: ${count(replicas)} (allowed: ${range}); pods: ${parts.join(', ') || 'none'}`,
    ...(startupSeconds === undefined ? [] : [`pods take ${formatDuration(startupSeconds * 1_000)} to be ready`]),
    ...(rolloutSince === undefined ? [] : [`a rollout is under way since ${timeOf(rolloutSince, timezone)}`]),
    ...(override ? [describeOverride(override, timezone)] : []),
  ];
}

function describeOverride(override: NonNullable<TriggerAnswer['override']>, timezone: string): string {
  const { state, min, max, until, reason, text, problem } = override;
  if (problem !== undefined) return `override "${text ?? ''}" counts for nothing: ${problem}`;
  const limits = [min === undefined ? [] : `min=${min}`, max === undefined ? [] : `max=${max}`].flat().join(' ');
  const end = until === undefined ? '' : ` until ${timeOf(until, timezone)}`;
  return `override ${state}: ${limits}${end}${reason === undefined ? '' : ` (${reason})`}`;
}

function describeCosts({ workload }: TriggerAnswer): string[] {
  const pods = workload?.state === 'known' ? workload.pods : [];
  const costly = pods.flatMap((pod) => (pod.deletionCost ? [{ ...pod, ...pod.deletionCost }] : []));
  const inOrder = costly.sort((one, other) => one.cost - other.cost);
  return inOrder.map(({ name, cost, setBy, requests, gpuUtilization }) => {
    const busy = [
      requests === undefined ? [] : `${number(requests)} running`,
      gpuUtilization === undefined ? [] : `GPUs ${valueOf(gpuUtilization, 'ratio')}`,
    ].flat();
    return [`${name}: ${cost}`, setBy === 'others' ? 'set by others' : [], ...busy].flat().join(', ');
  });
}

function describeBid({ rule, atLeast, atMost, keepAlive, why }: TriggerAnswer['bids'][number]): string {
  const asks = [
    atLeast === undefined ? [] : `at least ${number(atLeast)}`,
    typeof atMost === 'number' ? `at most ${number(atMost)}` : [],
    keepAlive === true && atLeast === undefined ? 'not zero' : [],
  ].flat();
  return `${rule.padEnd(9)} ${asks.join(', ').padEnd(14)} ${why}`;
}

function describeSignal(signal: TriggerAnswer['signals'][number]): string {
  const { state, unit, target, coverage, source, ageSeconds, note, reason } = signal;
  const value = signal.value ?? signal.lastValue;
  const shown = value === undefined ? '–' : valueOf(value, unit);
  const against = target === undefined ? '' : ` (target ${valueOf(target, unit)} per replica)`;
  const heard = `${coverage.heard} of ${coverage.expected} heard`;
  const more = note ?? reason;
  const told = `${state}, ${formatDuration(Math.max(0, roundToSecond(ageSeconds * 1_000)))} old, ${source}, ${heard}`;
  return `${signal.signal.padEnd(14)} ${shown}${against}; ${told}${more === undefined ? '' : `: ${more}`}`;
}

function describeWork({ quiet }: TriggerAnswer, timezone: string): string[] {
  if (!quiet) return [];
  const since = quiet.since === undefined ? '' : ` since ${timeOf(quiet.since, timezone)}`;
  return [`${quiet.quiet ? `quiet${since}` : 'not quiet'}: ${quiet.because}`];
}

function describeHours({ calendar }: TriggerAnswer, timezone: string): string[] {
  if (!calendar) return [];
  const { open, floor, ceiling, because, nextEdge, upcoming } = calendar;
  const most = ceiling === undefined ? '' : `, at most ${ceiling}`;
  const limits = open ? `open, at least ${floor}${most}` : 'closed';
  return [
    `${limits}: ${because} (${timezone})`,
    ...(upcoming ? [`from ${timeOf(upcoming.opensAt, timezone)} at least ${upcoming.floor}: ${upcoming.because}`] : []),
    ...(nextEdge === undefined ? [] : [`next change ${timeOf(nextEdge, timezone)}`]),
  ];
}

/** `Mon 2026-11-30 08:00`, by the clocks of a place. */
function timeOf(instant: string, timezone: string): string {
  const time = Temporal.Instant.from(instant).toZonedDateTimeISO(timezone);
  const day = time.toLocaleString('en-GB', { weekday: 'short' });
  return `${day} ${time.toPlainDate().toString()} ${time.toPlainTime().toString({ smallestUnit: 'minute' })}`;
}

function valueOf(value: number, unit: string): string {
  if (unit === 'ratio') return `${number(value * 100)} %`;
  return `${number(value)} ${unit}`;
}

function count(replicas: number): string {
  return `${number(replicas)} ${replicas === 1 ? 'replica' : 'replicas'}`;
}

function number(value: number): string {
  return String(Number(value.toFixed(3)));
}

function roundToSecond(ms: number): number {
  return Math.round(ms / 1_000) * 1_000;
}
