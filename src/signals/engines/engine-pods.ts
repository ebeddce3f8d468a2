import { isIPv6 } from 'node:net';
import type { EngineName } from '../../domain/policy.ts';
import type { SignalName } from '../../domain/signal.ts';
import { readyPods } from '../../domain/workload.ts';
import type { Pod } from '../../domain/workload.ts';
import { metricNames, readPodValue } from './engine.ts';
import type { EnginePreset, PodValue } from './engine.ts';
import { vllm } from './vllm.ts';
import { parseExposition } from '../http/exposition.ts';
import type { Exposition } from '../http/exposition.ts';
import type { HttpTextClient } from '../http/http-text.ts';
import { mapAtMost } from '../parallel.ts';
import { listReasons, reasonOf } from '../reasons.ts';
import type { Measurement, Measurements, SignalSource } from '../source.ts';

const presets: Readonly<Record<EngineName, EnginePreset>> = { vllm };

/** Pods of one workload that are asked at the same time. */
const podsAtOnce = 64;

export interface EnginePodsOrigin {
  readonly engine: EngineName;
  readonly port: number;
  readonly path: string;
  readonly modelName?: string;
}

/** The signals that the pods of this engine tell. */
export function engineSignals(engine: EngineName): readonly SignalName[] {
  return Object.keys(presets[engine].metrics) as SignalName[];
}

/**
 * Reads the metrics of a workload's own ready pods: one GET for each pod, however many signals. A value is the sum over
 * the pods that were heard; the others lower its coverage. Without ready pods there is nothing to read: `absent`.
 */
export function createEnginePodsSource(
  origin: EnginePodsOrigin,
  signals: readonly SignalName[],
  http: HttpTextClient,
): SignalSource {
  const preset = presets[origin.engine];
  return {
    label: `${preset.name} pods`,
    signals,
    read: async (workload, deadline) => {
      const pods = readyPods(workload);
      const wanted = metricNames(preset, signals);
      const answers = await mapAtMost(podsAtOnce, pods, (pod) => askPod(pod, origin, { wanted, http, deadline }));
      if (pods.length > 0 && answers.every((answer) => 'reason' in answer)) throw nobodyAnswered(answers);
      return sumUp(answers, signals, (exposition, signal) =>
        readPodValue(exposition, preset, signal, origin.modelName),
      );
    },
  };
}

type PodAnswer = { readonly host: string } & ({ readonly exposition: Exposition } | { readonly reason: string });

async function askPod(
  pod: Pod,
  origin: EnginePodsOrigin,
  by: { wanted: readonly string[]; http: HttpTextClient; deadline: AbortSignal },
): Promise<PodAnswer> {
  if (pod.address === undefined) return { host: pod.name, reason: `pod ${pod.name} has no address` };
  const host = hostOf(pod.address, origin.port);
  try {
    const url = new URL(`http://${host}`);
    // Set apart from the host, so that no path can lead to another host.
    url.pathname = origin.path;
    const text = await by.http.text({ url, deadline: by.deadline });
    return { host, exposition: parseExposition(text, by.wanted) };
  } catch (error) {
    return { host, reason: reasonOf(error) };
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
  read: (exposition: Exposition, signal: SignalName) => PodValue,
): Measurements {
  const valueOf = (answer: PodAnswer, signal: SignalName): PodValue => {
    if ('reason' in answer) return { state: 'unknown', reason: answer.reason };
    const value = read(answer.exposition, signal);
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
