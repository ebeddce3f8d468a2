import type { Clock } from '../domain/clock.ts';
import { formatDuration } from '../domain/duration.ts';
import { choiceOption, durationOption, integerOption, listOption, textOption } from '../program/options.ts';
import type { Option } from '../program/options.ts';
import { parseClock, systemClock } from '../program/system-clock.ts';
import { logLevels } from '../telemetry/logger.ts';

const ports = { min: 0, max: 65_535 };

const clockOption: Option<Clock> = {
  help: 'Clock of the demo: START,EPOCH,SPEED in milliseconds; empty for the real one',
  shown: '',
  fallback: systemClock,
  expects: 'START,EPOCH,SPEED: two times in milliseconds since 1970 and a factor above 0',
  parse: parseClock,
};

/** A duration that nothing would work with when it is too short. */
function intervalOption(fallbackMs: number, leastMs: number, help: string): Option<number> {
  const option = durationOption(fallbackMs, help);
  const parse = (text: string): number | undefined => {
    const durationMs = option.parse(text);
    return durationMs !== undefined && durationMs >= leastMs ? durationMs : undefined;
  };
  return { ...option, parse, expects: `${option.expects}, at least ${formatDuration(leastMs)}` };
}

export const scalerOptions = {
  grpcPort: integerOption(6000, ports, 'Port of the gRPC server that KEDA calls'),
  httpPort: integerOption(8080, ports, 'Port of metrics, probes and decisions'),
  host: textOption('0.0.0.0', 'Address that both ports listen on'),
  readInterval: intervalOption(1_000, 10, 'How often the signals of each trigger are read'),
  readTimeout: intervalOption(2_000, 10, 'How long a source of signals may take to answer'),
  workloads: textOption('', 'File that describes the workloads, instead of the Kubernetes API'),
  kubeconfig: textOption('', 'kubeconfig file for use outside a cluster; empty for the service account of the pod'),
  connections: textOption('', 'File that names the connections which triggers may refer to'),
  exporters: listOption([], 'Base URLs of the exporters: http://pilotlight-exporter.pilotlight:9400'),
  maxConnectionAge: intervalOption(
    600_000,
    1_000,
    'Age at which gRPC connections are closed, so that clients find new replicas',
  ),
  clock: clockOption,
  logLevel: choiceOption('info', logLevels, 'Least level that is logged'),
};

type Value<T> = T extends Option<infer V> ? V : never;
export type ScalerOptions = { readonly [K in keyof typeof scalerOptions]: Value<(typeof scalerOptions)[K]> };
