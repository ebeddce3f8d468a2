import type { Clock } from '../../domain/clock.ts';
import { cutText } from '../../domain/cut-text.ts';
import { refKey } from '../../domain/workload.ts';
import type { ExternalScalerHandlers } from '../../generated/externalscaler/ExternalScaler.ts';
import type { ScaledObjectRef__Output as WireRef } from '../../generated/externalscaler/ScaledObjectRef.ts';
import type { Answer } from '../answers/message.ts';
import { streamActivity } from './activity-stream.ts';
import { metricName, metricSpec } from './metric-spec.ts';
import { metricValue } from './metric-value.ts';
import type { OpenStreams } from './open-streams.ts';
import { invalidArgument, unavailable } from './rpc-error.ts';
import type { Rpcs } from './rpcs.ts';
import type { Trigger } from './trigger.ts';
import type { Triggers } from './triggers.ts';

interface ExternalScalerParts {
  readonly triggers: Triggers;
  readonly streams: OpenStreams;
  readonly rpcs: Rpcs;
  /** The clock of decisions. */
  readonly clock: Clock;
}

/**
 * KEDA's external scaler contract. Every RPC answers from memory; only the first questions for a trigger may wait for its
 * first decision, as long as its warm-up lasts.
 */
export function externalScaler({ triggers, streams, rpcs, clock }: ExternalScalerParts): ExternalScalerHandlers {
  const find = (ref: WireRef): Trigger | Promise<Trigger> => triggers.find(ref, ref.scalerMetadata);
  return {
    // It depends on the metadata alone, yet looks the trigger up: that starts its reads, so that GetMetrics finds a decision.
    GetMetricSpec: rpcs.unary('GetMetricSpec', (ref) => whenFound(find(ref), () => metricSpec)),
    GetMetrics: rpcs.unary('GetMetrics', (request) =>
      whenFound(find(request.scaledObjectRef ?? missingRef()), (trigger) => {
        if (request.metricName !== metricName) throw unknownMetric(request.metricName);
        return whenWarm(trigger, () => metricValue(decided(trigger).replicas));
      }),
    ),
    IsActive: rpcs.unary('IsActive', (ref) =>
      whenFound(find(ref), (trigger) => whenWarm(trigger, () => ({ result: decided(trigger).active }))),
    ),
    StreamIsActive: rpcs.stream((call) => {
      streams.checkRoom();
      return whenFound(find(call.request), (trigger) => {
        streams.hold(
          call,
          streamActivity(trigger, clock, (result) => void call.write({ result })),
        );
      });
    }),
    StreamMetricSpec: rpcs.stream((call) => {
      streams.checkRoom();
      return whenFound(find(call.request), () => {
        call.write(metricSpec);
        streams.hold(call, () => undefined);
      });
    }),
  };
}

/** At once for a trigger that is known, so that most calls cost no promise. */
function whenFound<T>(found: Trigger | Promise<Trigger>, use: (trigger: Trigger) => T | Promise<T>): T | Promise<T> {
  return found instanceof Promise ? found.then(use) : use(found);
}

function whenWarm<T>(trigger: Trigger, answer: () => T): T | Promise<T> {
  return trigger.warmUp.over ? answer() : trigger.warmUp.ended.then(answer);
}

/** What is decided now. Without a decision the answer is UNAVAILABLE and says why: KEDA and the HPA then keep what is. */
function decided(trigger: Trigger): Extract<Answer, { state: 'decided' }> {
  const answer = trigger.answer();
  if (answer?.state === 'decided') return answer;
  const reason = answer?.reason ?? 'its signals have not been read yet';
  throw unavailable(`no decision for ${refKey(trigger.ref)}: ${reason}`);
}

function missingRef(): never {
  throw invalidArgument('scaledObjectRef is missing');
}

function unknownMetric(asked: string): Error {
  return invalidArgument(`metricName: "${cutText(asked, 80)}" is not served; the only metric is "${metricName}"`);
}
