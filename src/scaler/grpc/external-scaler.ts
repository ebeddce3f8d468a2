import type { Clock } from '../../domain/clock.ts';
import { cutText } from '../../domain/cut-text.ts';
import type { Decision } from '../../domain/decision.ts';
import { refKey } from '../../domain/workload.ts';
import type { ExternalScalerHandlers } from '../../generated/externalscaler/ExternalScaler.ts';
import type { ScaledObjectRef__Output as WireRef } from '../../generated/externalscaler/ScaledObjectRef.ts';
import { streamActivity } from './activity-stream.ts';
import type { Endpoint } from '../trigger/endpoint.ts';
import type { Endpoints } from '../trigger/endpoints.ts';
import { metricName, metricSpec } from './metric-spec.ts';
import { metricValue } from './metric-value.ts';
import type { OpenStreams } from './open-streams.ts';
import { invalidArgument, unavailable } from './rpc-error.ts';
import type { Rpcs } from './rpcs.ts';

interface ExternalScalerParts {
  readonly endpoints: Endpoints;
  readonly streams: OpenStreams;
  readonly rpcs: Rpcs;
  readonly clock: Clock;
}

/**
 * KEDA's external scaler contract. Every RPC answers from memory; only the first questions for a trigger may wait for its
 * first decision, as long as its warm-up lasts.
 */
export function externalScaler({ endpoints, streams, rpcs, clock }: ExternalScalerParts): ExternalScalerHandlers {
  const find = (ref: WireRef): Endpoint => endpoints.find(ref, ref.scalerMetadata);
  return {
    // It depends on the metadata alone, yet looks the trigger up: that starts its reads, so that GetMetrics finds a decision.
    GetMetricSpec: rpcs.unary('GetMetricSpec', (ref) => {
      find(ref);
      return metricSpec;
    }),
    GetMetrics: rpcs.unary('GetMetrics', (request) => {
      const endpoint = find(request.scaledObjectRef ?? missingRef());
      if (request.metricName !== metricName) throw unknownMetric(request.metricName);
      return whenWarm(endpoint, () => metricValue(decision(endpoint).emitted));
    }),
    IsActive: rpcs.unary('IsActive', (ref) => {
      const endpoint = find(ref);
      return whenWarm(endpoint, () => ({ result: decision(endpoint).active }));
    }),
    StreamIsActive: rpcs.stream((call) => {
      streams.checkRoom();
      const endpoint = find(call.request);
      streams.hold(
        call,
        streamActivity(endpoint, clock, (result) => void call.write({ result })),
      );
    }),
    StreamMetricSpec: rpcs.stream((call) => {
      streams.checkRoom();
      find(call.request);
      call.write(metricSpec);
      streams.hold(call, () => undefined);
    }),
  };
}

function whenWarm<T>(endpoint: Endpoint, answer: () => T): T | Promise<T> {
  return endpoint.warmUp.over ? answer() : endpoint.warmUp.ended.then(answer);
}

/** What is decided now. Without a decision the answer is UNAVAILABLE and says why: KEDA and the HPA then keep what is. */
function decision(endpoint: Endpoint): Decision {
  const verdict = endpoint.snapshot()?.verdict;
  if (verdict?.state === 'decided') return verdict;
  const reason = verdict?.reason ?? 'its signals have not been read yet';
  throw unavailable(`no decision for ${refKey(endpoint.ref)}: ${reason}`);
}

function missingRef(): never {
  throw invalidArgument('scaledObjectRef is missing');
}

function unknownMetric(asked: string): Error {
  return invalidArgument(`metricName: "${cutText(asked, 80)}" is not served; the only metric is "${metricName}"`);
}
