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
import { Announcer } from './events/announcer.ts';
import { Endpoint } from './trigger/endpoint.ts';
import type { SignalReadings } from './trigger/endpoint.ts';
import { Endpoints } from './trigger/endpoints.ts';
import { externalScaler } from './grpc/external-scaler.ts';
import { serveGrpc } from './grpc/grpc-server.ts';
import { HealthService } from './grpc/health-service.ts';
import { httpRoutes } from './http/http-routes.ts';
import type { ScalerMetrics } from './http/metrics.ts';
import { OpenStreams } from './grpc/open-streams.ts';
import { Rpcs } from './grpc/rpcs.ts';
import { RemovalOrder } from './removal/removal-order.ts';
import type { SnapshotsOf } from './removal/removal-order.ts';
import type { ReadTurns } from './trigger/read-turns.ts';
import { prewarm } from './trigger/prewarm.ts';
import { spread } from './trigger/spread.ts';
import { WarmUp } from './trigger/warm-up.ts';

/** No RPC waits longer than this, and only those that are the first for their trigger wait at all. */
const warmUpMs = 1_000;
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
  const streams = new OpenStreams(transportClock, settings.maxConnectionAgeMs);
  const health = new HealthService(streams);
  const rpcs = new Rpcs(metrics.rpcObserver(), logger);
  const scaler = externalScaler({ endpoints, streams, rpcs, clock });
  const { host, maxConnectionAgeMs } = settings;
  // Probes are answered while it warms up; KEDA's calls only when they can be.
  const http = await serveHttp(httpRoutes({ endpoints, metrics, health, clock }), { host, port: settings.httpPort });
  await prewarm(endpoints, parts.triggers ?? [], transportClock);
  const grpc = await serveGrpc(
    { scaler, health, streams, clock: transportClock, tls: settings.tls, maxConnectionAgeMs },
    { host, port: settings.grpcPort },
  );
  health.startServing();
  const stop = async (): Promise<void> => {
    await grpc.stop();
    endpoints.close();
    await http.close();
  };
  return { grpcPort: grpc.port, httpPort: http.port, stop };
}

function endpointMaker(
  parts: ServiceParts,
  settings: ServiceSettings,
  snapshotsOf: SnapshotsOf,
): (ref: ScaledObjectRef, policy: Policy) => Endpoint {
  const { workloads, turns, logger, clock, transportClock } = parts;
  const { readIntervalMs, readTimeoutMs } = settings;
  const staleAfterMs = staleMarginMs + 5 * (readIntervalMs + readTimeoutMs);
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
      timing: { clock, turns, readIntervalMs, phase: spread(made), staleAfterMs },
      warmUp: new WarmUp(transportClock, warmUpMs),
      onDecision: (after, before) => {
        logDecision(logger, ref, after.verdict, before?.verdict);
        logOverride(logger, ref, after, before);
        announcer.note(after);
        removal?.note(ref, after);
      },
    });
  };
}
