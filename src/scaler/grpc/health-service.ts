import { status } from '@grpc/grpc-js';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { cutText } from '../../domain/cut-text.ts';
import type { HealthHandlers } from '../../generated/grpc/health/v1/Health.ts';
import type { HealthCheckRequest__Output as Request } from '../../generated/grpc/health/v1/HealthCheckRequest.ts';
import type { HealthCheckResponse as Answer } from '../../generated/grpc/health/v1/HealthCheckResponse.ts';
import type { OpenStreams } from './open-streams.ts';

/** The names that a probe may ask for: the server as a whole, Kubernetes' two kinds of probe, and the service itself. */
const services: ReadonlySet<string> = new Set(['', 'liveness', 'readiness', 'externalscaler.ExternalScaler']);

/**
 * grpc.health.v1. All names have one status: serving until the shutdown, because it listens only when it can answer. It does not follow the backends,
 * because a scaler without them still answers GetMetricSpec, on which KEDA's fallback depends.
 */
export class HealthService {
  readonly #streams: OpenStreams;
  readonly #watchers = new Set<() => void>();
  #isServing = true;

  constructor(streams: OpenStreams) {
    this.#streams = streams;
  }

  /** From now on NOT_SERVING; told to everybody who watches. */
  stopServing(): void {
    this.#isServing = false;
    for (const tell of this.#watchers) tell();
  }

  readonly handlers: HealthHandlers = {
    Check: (call, callback) => {
      const { service } = call.request;
      if (services.has(service)) callback(null, this.#answer());
      else callback({ code: status.NOT_FOUND, details: `unknown service "${cutText(service, 80)}"` });
    },
    Watch: (call) => this.#watch(call),
  };

  #watch(call: ServerWritableStream<Request, Answer>): void {
    const known = services.has(call.request.service);
    const tell = (): void => void call.write(known ? this.#answer() : { status: 'SERVICE_UNKNOWN' });
    tell();
    if (known) this.#watchers.add(tell);
    this.#streams.hold(call, () => this.#watchers.delete(tell));
  }

  #answer(): Answer {
    return { status: this.#isServing ? 'SERVING' : 'NOT_SERVING' };
  }
}
