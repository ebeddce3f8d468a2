import { fileURLToPath } from 'node:url';
import { credentials, loadPackageDefinition } from '@grpc/grpc-js';
import type { ClientReadableStream, ClientUnaryCall, requestCallback, ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { ProtoGrpcType } from '../generated/externalscaler.ts';
import type { ExternalScalerClient } from '../generated/externalscaler/ExternalScaler.ts';
import type { GetMetricSpecResponse__Output } from '../generated/externalscaler/GetMetricSpecResponse.ts';
import type { GetMetricsResponse__Output } from '../generated/externalscaler/GetMetricsResponse.ts';
import type { IsActiveResponse__Output } from '../generated/externalscaler/IsActiveResponse.ts';
import type { ScaledObjectRef as WireRef } from '../generated/externalscaler/ScaledObjectRef.ts';
import type { ScaledObject } from './scaled-object.ts';

export type ScalerMethod = 'GetMetricSpec' | 'GetMetrics' | 'IsActive' | 'StreamIsActive' | 'StreamMetricSpec';

/** Hears of each call when it has ended. */
type OnCall = (scaledObject: ScaledObject, method: ScalerMethod, error: Error | undefined) => void;

/** The metric that the scaler wants the HPA to have. */
export interface ExternalMetric {
  readonly metricName: string;
  readonly target: number;
}

export interface MetricsAndActivity {
  readonly values: readonly number[];
  readonly active: boolean;
}

/**
 * Calls a scaler as KEDA does: one connection for all ScaledObjects, spread over the addresses behind its name, without
 * a deadline, a keepalive or a retry of its own (pkg/scalers/external_scaler.go).
 */
export class ScalerClient {
  readonly #client: ExternalScalerClient;
  readonly #onCall: OnCall;
  readonly #open = new Set<{ cancel(): void }>();

  constructor(address: string, onCall: OnCall) {
    const { ExternalScaler } = loadProto().externalscaler;
    this.#client = new ExternalScaler(address, credentials.createInsecure(), {
      'grpc.service_config': '{"loadBalancingConfig":[{"round_robin":{}}]}',
    });
    this.#onCall = onCall;
  }

  /** Rejects where the scaler fails or names no metric. */
  async getMetricSpec(scaledObject: ScaledObject): Promise<ExternalMetric> {
    const response = await this.#call<GetMetricSpecResponse__Output>(scaledObject, 'GetMetricSpec', (callback) =>
      this.#client.getMetricSpec(toRef(scaledObject), callback),
    );
    return readMetricSpec(response);
  }

  /** Asks for both, one after the other, and rejects where either fails. */
  async getMetricsAndActivity(scaledObject: ScaledObject, metricName: string): Promise<MetricsAndActivity> {
    const scaledObjectRef = toRef(scaledObject);
    const { metricValues } = await this.#call<GetMetricsResponse__Output>(scaledObject, 'GetMetrics', (callback) =>
      this.#client.getMetrics({ scaledObjectRef, metricName }, callback),
    );
    const values = metricValues.map(({ metricValue, metricValueFloat }) => preferFloat(metricValueFloat, metricValue));
    const { result } = await this.#call<IsActiveResponse__Output>(scaledObject, 'IsActive', (callback) =>
      this.#client.isActive(scaledObjectRef, callback),
    );
    return { values, active: result };
  }

  streamIsActive(scaledObject: ScaledObject): AsyncIterable<IsActiveResponse__Output> {
    return this.#stream(scaledObject, 'StreamIsActive', this.#client.streamIsActive(toRef(scaledObject)));
  }

  streamMetricSpec(scaledObject: ScaledObject): AsyncIterable<GetMetricSpecResponse__Output> {
    return this.#stream(scaledObject, 'StreamMetricSpec', this.#client.streamMetricSpec(toRef(scaledObject)));
  }

  /** Cancels what is under way and hangs up. */
  close(): void {
    for (const call of this.#open) call.cancel();
    this.#client.close();
  }

  #call<Response>(
    scaledObject: ScaledObject,
    method: ScalerMethod,
    start: (callback: requestCallback<Response>) => ClientUnaryCall,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      const call = start((error, response) => {
        this.#open.delete(call);
        this.#onCall(scaledObject, method, error ?? undefined);
        if (error) reject(error);
        else resolve(response as Response);
      });
      this.#open.add(call);
    });
  }

  async *#stream<Message>(
    scaledObject: ScaledObject,
    method: ScalerMethod,
    call: ClientReadableStream<Message>,
  ): AsyncGenerator<Message> {
    this.#open.add(call);
    let failure: ServiceError | undefined;
    try {
      for await (const message of call) yield message as Message;
    } catch (error) {
      failure = error as ServiceError;
      throw error;
    } finally {
      this.#open.delete(call);
      this.#onCall(scaledObject, method, failure);
    }
  }
}

/** The first metric; a trigger has only one that KEDA's scalingModifiers can use. Throws where there is none. */
export function readMetricSpec({ metricSpecs: [spec] }: GetMetricSpecResponse__Output): ExternalMetric {
  if (!spec) throw new Error('got empty metric spec');
  return { metricName: spec.metricName, target: preferFloat(spec.targetSizeFloat, spec.targetSize) };
}

/** The float field wins where it is above zero; otherwise the integer counts, as for scalers that know no other. */
function preferFloat(float: number, integer: number): number {
  if (!(float > 0)) return Math.max(0, integer);
  return Number.isFinite(float) ? Number(float.toFixed(3)) : 0;
}

function toRef({ namespace, name, metadata }: ScaledObject): WireRef {
  return { namespace, name, scalerMetadata: metadata };
}

function loadProto(): ProtoGrpcType {
  const path = fileURLToPath(new URL('../../protos/externalscaler.proto', import.meta.url));
  const definition = loadSync(path, { longs: Number, enums: String, defaults: true, arrays: true, objects: true });
  return loadPackageDefinition(definition) as unknown as ProtoGrpcType;
}
