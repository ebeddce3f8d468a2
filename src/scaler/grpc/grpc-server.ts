import { fileURLToPath } from 'node:url';
import { loadPackageDefinition, Server, setLogger } from '@grpc/grpc-js';
import type { ServerCredentials, ServerOptions } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { Clock } from '../../domain/clock.ts';
import { explainListening } from '../../domain/port-error.ts';
import type { ProtoGrpcType as ExternalScalerProto } from '../../generated/externalscaler.ts';
import type { ExternalScalerHandlers } from '../../generated/externalscaler/ExternalScaler.ts';
import type { ProtoGrpcType as HealthProto } from '../../generated/health.ts';
import type { HealthService } from './health-service.ts';
import type { OpenStreams } from './open-streams.ts';

/** Three levels up from here are the protos, in the sources as in the build. */
const protos = ['externalscaler.proto', 'health.proto'].map((name) =>
  fileURLToPath(new URL(`../../../protos/${name}`, import.meta.url)),
);
/** The same as scripts/generate-proto-types.ts, so that messages are what their types say. */
const decoding = { longs: Number, enums: String, defaults: true, arrays: true, objects: true };
/** KEDA shares one connection between all ScaledObjects, each with two streams and its calls. */
const mostStreams = 100_000;
/** A ScaledObject's metadata is limited by what etcd stores: about 1.5 MiB. */
const largestMessageBytes = 4 * 1024 * 1024;
const keepaliveMs = 30_000;
const keepaliveTimeoutMs = 10_000;
/**
 * Streams that a client may cancel at once, and per second from then on. KEDA cancels two for each ScaledObject that is
 * edited, all on one connection, which Node would otherwise close after 1,000 as an attack.
 */
const cancellations = { streamResetBurst: mostStreams, streamResetRate: 10_000 };
/** A timer of Node's holds 24.8 days, and the ages below are lengthened by a tenth or a few seconds. */
const longestAgeMs = 20 * 86_400_000;
/** How long calls that are under way at shutdown may take. */
const drainMs = 5_000;

/** What grpc-js calls an error comes to its caller as well; said past the log it would only be said twice. */
const grpcLogger = { error: () => undefined, info: trace, debug: trace };

export interface GrpcServerParts {
  readonly scaler: ExternalScalerHandlers;
  readonly health: HealthService;
  readonly streams: OpenStreams;
  /** The clock of connections: the world's. */
  readonly clock: Clock;
  /** Without TLS, `ServerCredentials.createInsecure()`. */
  readonly credentials: ServerCredentials;
  /** Connections are closed after this, so that clients look the service's addresses up again; streams end before. */
  readonly maxConnectionAgeMs: number;
}

export interface GrpcServer {
  readonly port: number;
  /** Tells health watchers, ends the streams with OK, lets calls finish for a while, then closes what is left. */
  stop(): Promise<void>;
}

/** Serves the external scaler and grpc.health.v1. Rejects with PortError where the port can't be had. */
export async function serveGrpc(parts: GrpcServerParts, listen: { host: string; port: number }): Promise<GrpcServer> {
  const loaded = loadPackageDefinition(loadSync(protos, decoding)) as unknown as ExternalScalerProto & HealthProto;
  const server = new Server(serverOptions(parts.maxConnectionAgeMs));
  // grpc-js hands these options on to node:http2, but has no name of its own for the cancellations.
  Object.assign(Reflect.get(server, 'commonServerOptions') as object, cancellations);
  server.addService(loaded.externalscaler.ExternalScaler.service, parts.scaler);
  server.addService(loaded.grpc.health.v1.Health.service, parts.health.handlers);
  setLogger(grpcLogger);
  const port = await bind(server, parts.credentials, listen);
  return { port, stop: () => stop(server, parts) };
}

function serverOptions(maxConnectionAgeMs: number): ServerOptions {
  const ageMs = Math.min(maxConnectionAgeMs, longestAgeMs);
  return {
    // Nobody asks this server for channelz, whose books cost time at each call.
    'grpc.enable_channelz': 0,
    'grpc.max_concurrent_streams': mostStreams,
    'grpc.max_receive_message_length': largestMessageBytes,
    'grpc.keepalive_time_ms': keepaliveMs,
    'grpc.keepalive_timeout_ms': keepaliveTimeoutMs,
    'grpc.max_connection_age_ms': ageMs,
    // A stream that was opened just before its connection reached its age has its whole life before it.
    'grpc.max_connection_age_grace_ms': ageMs + drainMs,
  };
}

/** For whoever sets GRPC_VERBOSITY. */
function trace(...words: readonly unknown[]): void {
  process.stderr.write(`${words.join(' ')}\n`);
}

function bind(server: Server, credentials: ServerCredentials, listen: { host: string; port: number }): Promise<number> {
  const { host, port } = listen;
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, bound) => {
      if (error) reject(explainListening(error, { host, port }));
      else resolve(bound);
    });
  });
}

function stop(server: Server, { health, streams, clock }: GrpcServerParts): Promise<void> {
  health.stopServing();
  streams.endAll();
  return new Promise((resolve) => {
    const cancel = clock.after(drainMs, () => {
      server.forceShutdown();
      resolve();
    });
    server.tryShutdown(() => {
      cancel();
      resolve();
    });
  });
}
