import type { PemFiles } from '../credentials/pem-files.ts';
import type { Clock } from '../domain/clock.ts';
import type { Policy } from '../domain/policy.ts';
import type { ScaledObjectRef } from '../domain/workload.ts';
import type { DeletionCosts } from '../kubernetes/deletion-costs.ts';
import type { EventRecorder } from '../kubernetes/event-recorder.ts';
import type { ExternalTrigger } from '../kubernetes/cluster/external-triggers.ts';
import type { WorkloadSource } from '../kubernetes/workload-source.ts';
import { serveHttp } from '../telemetry/http-server.ts';
import type { Logger } from '../telemetry/logger.ts';
import { logDecision } from './trigger/decision-log.ts';
import { logOverride } from './trigger/override-log.ts';
import { Answers } from './answers/answers.ts';
import { GrpcLine } from './answers/grpc-line.ts';
import type { FromGrpc, Port } from './answers/message.ts';
import { Announcer } from './events/announcer.ts';
import { Endpoint } from './trigger/endpoint.ts';
import type { SignalReadings } from './trigger/endpoint.ts';
import { Endpoints } from './trigger/endpoints.ts';
import type { FrontSetting } from './grpc/front.ts';
import { httpRoutes } from './http/http-routes.ts';
import type { Readiness } from './http/http-routes.ts';
import type { ScalerMetrics } from './http/metrics.ts';
import { RemovalOrder } from './removal/removal-order.ts';
import type { SnapshotsOf } from './removal/removal-order.ts';
import type { ReadTurns } from './trigger/read-turns.ts';
import { prewarm } from './trigger/prewarm.ts';
import { spread } from './trigger/spread.ts';

/** A verdict is too old when this and several reads have passed without another. */
const staleMarginMs = 30_000;
/** More triggers than any cluster has; past it, somebody is making ScaledObjects up. */
const mostTriggers = 20_000;

interface ServiceParts {
  readonly workloads: WorkloadSource;
  readonly events: EventRecorder;
  /** Where the idlest pods get a deletion cost before a scale-in; without it, none do. */
  readonly deletionCosts?: DeletionCosts;
  /** Triggers that KEDA is going to ask for, where they are known. */
  readonly triggers?: readonly ExternalTrigger[];
  /** Makes what reads the signals of one trigger. What can't be read here, such as an unknown connection, fails at each read. */
  readonly signalsOf: (policy: Policy, ref: ScaledObjectRef) => SignalReadings;
  /** The turns that the reads of all triggers take. */
  readonly turns: ReadTurns;
  readonly metrics: ScalerMetrics;
  readonly logger: Logger;
  /** Starts what serves gRPC, in a thread of its own. */
  readonly startGrpc: (setting: FrontSetting) => Port;
  /** The time that calendars and readings go by. */
  readonly clock: Clock;
  /** The time that clients and connections go by: the world's. */
  readonly transportClock: Clock;
}

export interface ServiceSettings {
  /** Of the gRPC server; without it there is no TLS. */
  readonly tls?: PemFiles | undefined;
  readonly host: string;
  readonly grpcPort: number;
  readonly httpPort: number;
  readonly readIntervalMs: number;
  readonly readTimeoutMs: number;
  readonly maxConnectionAgeMs: number;
  /** The cluster's own, for HPAs that name none. */
  readonly hpaTolerance: number;
}

export interface ScalerService {
  readonly grpcPort: number;
  readonly httpPort: number;
  /** Answers what is under way, ends the streams with OK, stops reading. The workload source stays the caller's to close. */
  stop(): Promise<void>;
}

/** Serves KEDA's contract and the HTTP pages. Rejects with PortError where a port can't be had. */
export async function serveScaler(parts: ServiceParts, settings: ServiceSettings): Promise<ScalerService> {
  const { workloads, events, metrics, logger, clock, transportClock } = parts;
  const snapshotsOf: SnapshotsOf = (ref) => endpoints.of(ref).map((endpoint) => endpoint.snapshot());
  const make = endpointMaker(parts, settings, snapshotsOf);
  const endpoints: Endpoints = new Endpoints({ make, workloads, events, most: mostTriggers, clock, logger });
  metrics.exposeTriggers(() => endpoints.groups(), clock);
  let readiness: Readiness = 'warming up';
  const routes = httpRoutes({ endpoints, metrics, readiness: () => readiness, clock });
  // Probes are answered while it warms up; KEDA's calls only when they can be.
  const http = await serveHttp(routes, { host: settings.host, port: settings.httpPort });
  await prewarm(endpoints, parts.triggers ?? [], transportClock);
  const grpc = openGrpc(parts, settings, endpoints);
  const grpcPort = await grpc.listening;
  readiness = 'ready';
  const stop = async (): Promise<void> => {
    readiness = 'shutting down';
    await grpc.stop();
    endpoints.close();
    await http.close();
  };
  return { grpcPort, httpPort: http.port, stop };
}

/** Starts what serves gRPC, and keeps it up to date. */
function openGrpc(
  { startGrpc, metrics, logger }: ServiceParts,
  settings: ServiceSettings,
  endpoints: Endpoints,
): GrpcLine {
  const { host, grpcPort: port, maxConnectionAgeMs, tls } = settings;
  const setting = { host, port, maxConnectionAgeMs, staleAfterMs: staleAfterMs(settings), tls: tls?.current };
  const hear = (message: FromGrpc): void => {
    if (message.say === 'question') answers.question(message);
    else if (message.say === 'asked') answers.asked(message.trigger);
    else if (message.say === 'held') answers.held(message.trigger, message.isHeld);
    else if (message.say === 'answered') message.calls.forEach((calls) => metrics.noteRpcs(calls));
    else if (message.say === 'defect') logger.error({ stack: message.stack }, 'rpc failed');
  };
  const line = new GrpcLine(startGrpc(setting), hear);
  const answers = new Answers({ endpoints, tell: (message) => line.tell(message), logger });
  tls?.onChange((material) => line.tell({ say: 'certificates', material }));
  return line;
}

function staleAfterMs({ readIntervalMs, readTimeoutMs }: ServiceSettings): number {
  return staleMarginMs + 5 * (readIntervalMs + readTimeoutMs);
}

function endpointMaker(
  parts: ServiceParts,
  settings: ServiceSettings,
  snapshotsOf: SnapshotsOf,
): (ref: ScaledObjectRef, policy: Policy) => Endpoint {
  const { workloads, turns, logger, clock } = parts;
  const { readIntervalMs } = settings;
  const { deletionCosts: costs } = parts;
  const removal = costs && new RemovalOrder({ costs, snapshotsOf, hpaTolerance: settings.hpaTolerance });
  let made = 0;
  return ({ namespace, name }, policy) => {
    const ref = { namespace, name };
    made += 1;
    const announcer = new Announcer(ref, policy, parts.events);
    return new Endpoint({
      ref,
      policy,
      signals: parts.signalsOf(policy, ref),
      workloads,
      hpaTolerance: settings.hpaTolerance,
      timing: { clock, turns, readIntervalMs, phase: spread(made), staleAfterMs: staleAfterMs(settings) },
      onDecision: (after, before) => {
        logDecision(logger, ref, after.verdict, before?.verdict);
        logOverride(logger, ref, after, before);
        announcer.note(after);
        removal?.note(ref, after);
      },
    });
  };
}
