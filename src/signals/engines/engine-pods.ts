import { isIPv6 } from 'node:net';
import type { Clock, EpochMs } from '../../domain/clock.ts';
import { engineDefinition } from '../../domain/engine.ts';
import type { EngineName } from '../../domain/engine.ts';
import type { SignalName } from '../../domain/signal.ts';
import { readyPods } from '../../domain/workload.ts';
import type { Pod } from '../../domain/workload.ts';
import { CounterRates } from './counter-rates.ts';
import { metricNames, readPodValue } from './engine.ts';
import type { EngineMetric, PodValue } from './engine.ts';
import { presetOf } from './presets.ts';
import type { Exposition, Sample } from '../exposition/exposition.ts';
import { ExpositionReader } from '../exposition/exposition-reader.ts';
import { LabelTexts } from '../exposition/label-texts.ts';
import type { HttpTextClient } from '../http/http-text.ts';
import { mapAtMost } from '../parallel.ts';
import { listReasons, reasonOf } from '../reasons.ts';
import type { Measurement, Measurements, SignalSource } from '../source.ts';

/** Pods of one workload that are asked at the same time. */
const podsAtOnce = 64;

export interface EnginePodsOrigin {
  readonly engine: EngineName;
  readonly port: number;
  readonly path: string;
  readonly modelName?: string;
}

interface EnginePodsTools {
  readonly http: HttpTextClient;
  /** Dates the readings of counters. */
  readonly clock: Clock;
}

/**
 * Reads the metrics of a workload's own ready pods: one GET for each pod, however many signals. A value is the sum over
 * the pods that were heard; the others lower its coverage. Without ready pods there is nothing to read: `absent`. Rates
 * come from what was counted between two reads, so at first they are `absent` too.
 */
export function createEnginePodsSource(
  origin: EnginePodsOrigin,
  signals: readonly SignalName[],
  { http, clock }: EnginePodsTools,
): SignalSource {
  const wanted = new Set(metricsOf(origin, signals).flatMap(metricNames));
  const labels = new LabelTexts();
  const rates = new CounterRates();
  return {
    label: `${origin.engine} pods`,
    signals,
    read: async (workload, deadline) => {
      const pods = readyPods(workload);
      rates.keepOnly(pods.map(({ name }) => name));
      const by = { open: () => new ExpositionReader(wanted, labels), http, clock, deadline };
      const answers = await mapAtMost(podsAtOnce, pods, (pod) => askPod(pod, origin, by));
      if (pods.length > 0 && answers.every((answer) => 'reason' in answer)) throw nobodyAnswered(answers);
      return sumUp(answers, signals, (answer, signal) => readSignal(answer, signal, origin, rates));
    },
  };
}

function metricsOf({ engine }: EnginePodsOrigin, signals: readonly SignalName[]): EngineMetric[] {
  const preset = presetOf(engine);
  return signals.map((signal) => preset[signal]).filter((metric) => metric !== undefined);
}

interface Heard {
  readonly pod: string;
  readonly host: string;
  readonly exposition: Exposition;
  readonly atMs: EpochMs;
}
type PodAnswer = Heard | { readonly reason: string };

function readSignal(
  { pod, exposition, atMs }: Heard,
  signal: SignalName,
  { engine, modelName }: EnginePodsOrigin,
  rates: CounterRates,
): PodValue {
  const metric = presetOf(engine)[signal];
  if (!metric) return { state: 'unknown', reason: `${engine} does not tell ${signal}` };
  const { modelLabel } = engineDefinition(engine);
  const rateOf = (counters: readonly Sample[]): PodValue => rates.rate(pod, signal, counters, atMs);
  return readPodValue(exposition, metric, { modelName, modelLabel, rateOf });
}

async function askPod(
  pod: Pod,
  origin: EnginePodsOrigin,
  by: EnginePodsTools & { open: () => ExpositionReader; deadline: AbortSignal },
): Promise<PodAnswer> {
  if (pod.address === undefined) return { reason: `pod ${pod.name} has no address` };
  const host = hostOf(pod.address, origin.port);
  try {
    const url = new URL(`http://${host}`);
    // Set apart from the host, so that no path can lead to another host.
    url.pathname = origin.path;
    const exposition = await by.http.read({ url, deadline: by.deadline }, by.open);
    return { pod: pod.name, host, exposition, atMs: by.clock.nowMs() };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

/** `ip` or `ip:port`, with or without brackets around an IPv6 address, as `host:port`. */
function hostOf(address: string, port: number): string {
  if (isIPv6(address)) return `[${address}]:${port}`;
  return /:\d+$/.test(address) ? address : `${address}:${port}`;
}

function sumUp(
  answers: readonly PodAnswer[],
  signals: readonly SignalName[],
  read: (answer: Heard, signal: SignalName) => PodValue,
): Measurements {
  const valueOf = (answer: PodAnswer, signal: SignalName): PodValue => {
    if ('reason' in answer) return { state: 'unknown', reason: answer.reason };
    const value = read(answer, signal);
    return value.state === 'known' ? value : { state: 'unknown', reason: `${answer.host}: ${value.reason}` };
  };
  return new Map(signals.map((signal) => [signal, sumOf(answers.map((answer) => valueOf(answer, signal)))]));
}

function sumOf(values: readonly PodValue[]): Measurement {
  const known = values.filter((value) => value.state === 'known');
  const reasons = values.flatMap((value) => (value.state === 'unknown' ? [value.reason] : []));
  const coverage = { heard: known.length, expected: values.length };
  if (values.length === 0) return { state: 'absent', reason: 'no ready pods', coverage };
  if (known.length === 0) return { state: 'absent', reason: listReasons(reasons), coverage };
  const value = known.reduce((total, part) => total + part.value, 0);
  if (reasons.length === 0) return { state: 'measured', value, coverage };
  const note = `heard ${known.length} of ${values.length} pods: ${listReasons(reasons)}`;
  return { state: 'measured', value, coverage, note };
}

function nobodyAnswered(answers: readonly PodAnswer[]): Error {
  const reasons = answers.flatMap((answer) => ('reason' in answer ? [answer.reason] : []));
  const who = answers.length === 1 ? '' : `none of ${answers.length} pods answered: `;
  return new Error(`${who}${listReasons(reasons)}`);
}
