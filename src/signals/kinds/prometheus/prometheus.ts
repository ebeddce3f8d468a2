import type { EpochMs } from '../../../domain/clock.ts';
import { HttpAccess } from '../../connections/http-access.ts';
import type { ConnectionTools, OpenConnection } from '../../connections/open-connection.ts';
import type { PrometheusConnection } from '../../connections/connections.ts';
import { createPrometheusGpusSource } from './gpus/gpu-source.ts';
import { readQueryAnswer } from './query-answer.ts';

/** How many points a lookback is divided into: enough to find the newest, few enough to cost little. */
const pointsPerLookback = 20;

/**
 * Asks a Prometheus server (or what speaks its API) for the value of a query now, or for the newest value within the
 * connection's lookback. All signals of one query get the same number.
 */
export function openPrometheus(connection: PrometheusConnection, tools: ConnectionTools): OpenConnection {
  const access = new HttpAccess(connection, tools.http, tools.secrets);
  return {
    source: ({ query = '' }, signals) => ({
      label: `prometheus ${connection.name}`,
      signals,
      read: async (_workload, deadline) => {
        const nowMs = tools.clock.nowMs();
        const answer = await access.ask({ ...question(connection, query, nowMs), deadline });
        const range = connection.lookback !== undefined;
        const measure = readQueryAnswer(answer, access.host, { range, nowMs });
        return new Map(signals.map((signal) => [signal, measure(signal)]));
      },
    }),
    gpus: (signals) => createPrometheusGpusSource(signals, connection, { access, clock: tools.clock }),
    close: () => undefined,
  };
}

function question({ parameters, lookback }: PrometheusConnection, query: string, nowMs: EpochMs) {
  const form = new URLSearchParams({ ...parameters, query });
  if (lookback === undefined) return { path: '/api/v1/query', form };
  form.set('start', seconds(nowMs - lookback));
  form.set('end', seconds(nowMs));
  form.set('step', seconds(lookback / pointsPerLookback));
  return { path: '/api/v1/query_range', form };
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}
