import type { z } from 'zod';
import type { Clock, EpochMs } from '../../../../domain/clock.ts';
import { formatDuration } from '../../../../domain/duration.ts';
import type { SignalName } from '../../../../domain/signal.ts';
import { readyPods } from '../../../../domain/workload.ts';
import type { Workload } from '../../../../domain/workload.ts';
import type { PrometheusConnection } from '../../../connections/connections.ts';
import type { HttpAccess } from '../../../connections/http-access.ts';
import { dcgmDialect } from '../../../exporters/dcgm-dialect.ts';
import { pilotlightDialect } from '../../../exporters/dialect.ts';
import { figureOfPods } from '../../../exporters/pod-figures.ts';
import type { Measurement, SignalSource } from '../../../source.ts';
import { readApiAnswer } from '../api-answer.ts';
import { gpuQuery } from './gpu-query.ts';
import { gpuVector, readGpuSeries } from './gpu-series.ts';
import type { TimedSample } from './gpu-series.ts';

/** How old a sample may be that still describes now, where the connection does not say: two scrapes at Prometheus' default pace. */
const defaultFreshMs = 120_000;

/**
 * The GPU figures of a workload's ready pods, out of a Prometheus that scrapes pilotlight's exporters or dcgm-exporters; of a
 * pod of which both tell, pilotlight's count. Each figure is as old as its sample: a pod whose last sample is too old is not
 * heard, and where that is so of all pods, the number is stale.
 */
export function createPrometheusGpusSource(
  signals: readonly SignalName[],
  connection: PrometheusConnection,
  { access, clock }: { access: HttpAccess; clock: Clock },
): SignalSource {
  const freshMs = connection.lookback ?? defaultFreshMs;
  return {
    label: `prometheus ${connection.name}`,
    signals,
    read: async (workload, deadline) => {
      const pods = readyPods(workload).map(({ name }) => name);
      if (pods.length === 0) return new Map(signals.map((signal) => [signal, absent('no ready pods', 0)]));
      const form = new URLSearchParams({ ...connection.parameters, query: gpuQuery(workload.ref.namespace, pods) });
      const text = await access.ask({ path: '/api/v1/query', form, deadline });
      const { data, missing } = readApiAnswer(text, access.host, gpuVector);
      const nowMs = clock.nowMs();
      const answer = { ...current(seriesOf(pods, data), nowMs - freshMs), missing, freshMs, nowMs };
      return new Map(signals.map((signal) => [signal, measure(signal, workload, answer)]));
    },
  };
}

interface GpuAnswer {
  readonly samples: readonly TimedSample[];
  /** The newest of those that were too old to be among them. */
  readonly oldMs?: EpochMs;
  readonly missing: string | undefined;
  readonly freshMs: number;
  readonly nowMs: EpochMs;
}

/** The query takes in pods that are called alike. */
function seriesOf(pods: readonly string[], data: z.infer<typeof gpuVector>): TimedSample[] {
  const names = new Set(pods);
  return readGpuSeries(data).filter(({ labels }) => names.has(labels.get('pod') ?? ''));
}

/** The samples of pods of which all samples describe now; where there is no such pod, all that there are. */
function current(samples: readonly TimedSample[], sinceMs: EpochMs): Pick<GpuAnswer, 'samples' | 'oldMs'> {
  const old = samples.filter(({ sampledAtMs }) => sampledAtMs < sinceMs);
  const late = new Set(old.map(({ labels }) => labels.get('pod')));
  const fresh = samples.filter(({ labels }) => !late.has(labels.get('pod')));
  if (fresh.length === 0 || old.length === 0) return { samples };
  return { samples: fresh, oldMs: old.reduce((newest, { sampledAtMs }) => Math.max(newest, sampledAtMs), -Infinity) };
}

function measure(signal: SignalName, workload: Workload, answer: GpuAnswer): Measurement {
  const { samples, oldMs, missing, freshMs, nowMs } = answer;
  const tellers = [pilotlightDialect, dcgmDialect].map((dialect) => dialect.gather(samples));
  const { value, coverage, remarks, byPod } = figureOfPods(signal, workload, tellers);
  if (value === undefined) return absent(describeSilence(signal, samples), coverage.expected);
  const old = oldMs === undefined ? [] : [`other samples are ${formatDuration(nowMs - oldMs)} old or more`];
  const note = [...remarks, ...old, ...(missing === undefined ? [] : [missing])].join('; ');
  return {
    state: 'measured',
    value,
    // A part that is missing may be a GPU of any pod.
    coverage: { ...coverage, expected: coverage.expected + (missing === undefined ? 0 : 1) },
    observedAtMs: samples.reduce((oldest, { sampledAtMs }) => Math.min(oldest, sampledAtMs), nowMs),
    describesForMs: freshMs,
    byPod,
    ...(note !== '' && { note }),
  };
}

function describeSilence(signal: SignalName, samples: readonly TimedSample[]): string {
  if (samples.length > 0) return `its series do not tell ${signal} of these pods`;
  return 'it has no series of the GPUs of these pods; it has to scrape pilotlight\'s exporter or dcgm-exporter'; // prettier-ignore
}

function absent(reason: string, expected: number): Measurement {
  return { state: 'absent', reason, coverage: { heard: 0, expected } };
}
