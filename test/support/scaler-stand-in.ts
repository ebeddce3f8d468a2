import { loadPackageDefinition, Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { ServerErrorResponse, ServerWritableStream } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { ProtoGrpcType } from '../../src/generated/externalscaler.ts';
import type { ExternalScalerHandlers } from '../../src/generated/externalscaler/ExternalScaler.ts';
import type { GetMetricSpecResponse } from '../../src/generated/externalscaler/GetMetricSpecResponse.ts';
import type { GetMetricsRequest__Output as MetricsRequest } from '../../src/generated/externalscaler/GetMetricsRequest.ts';
import type { IsActiveResponse } from '../../src/generated/externalscaler/IsActiveResponse.ts';
import type { MetricSpec } from '../../src/generated/externalscaler/MetricSpec.ts';
import type { MetricValue } from '../../src/generated/externalscaler/MetricValue.ts';
import type { ScaledObjectRef__Output as WireRef } from '../../src/generated/externalscaler/ScaledObjectRef.ts';

export type Method = 'GetMetricSpec' | 'GetMetrics' | 'IsActive' | 'StreamIsActive' | 'StreamMetricSpec';
type Open<Message> = ServerWritableStream<WireRef, Message>;

/** A real gRPC server that answers KEDA as a test tells it to, and remembers what it was asked. */
export class ScalerStandIn {
  readonly #server = new Server();
  readonly #failures = new Map<Method, number>();
  readonly #activity = new Set<Open<IsActiveResponse>>();
  readonly #metricSpec = new Set<Open<GetMetricSpecResponse>>();
  /** The methods that were called, in order. */
  readonly calls: Method[] = [];
  lastRef: WireRef | undefined;
  lastMetricName: string | undefined;
  address = '';
  active = false;
  specs: MetricSpec[] = [{ metricName: 'required-replicas', targetSizeFloat: 1 }];
  values: MetricValue[] = [{ metricName: 'required-replicas', metricValueFloat: 0 }];
  /** What scalers from before KEDA 2.21 lack. */
  implementsMetricSpecStream = true;

  async start(): Promise<this> {
    const path = new URL('../../protos/externalscaler.proto', import.meta.url).pathname;
    const decoding = { longs: Number, defaults: true, arrays: true, objects: true };
    const { externalscaler } = loadPackageDefinition(loadSync(path, decoding)) as unknown as ProtoGrpcType;
    this.#server.addService(externalscaler.ExternalScaler.service, this.#handlers());
    const port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    this.address = `127.0.0.1:${port}`;
    return this;
  }

  stop(): void {
    this.#server.forceShutdown();
  }

  /** Fails the next `times` calls of a method with UNAVAILABLE. */
  fail(method: Method, times: number): void {
    this.#failures.set(method, times);
  }

  /** Says on all the activity streams that are open whether the trigger is active. */
  push(result: boolean): void {
    for (const call of this.#activity) call.write({ result });
  }

  pushSpec(spec: MetricSpec): void {
    for (const call of this.#metricSpec) call.write({ metricSpecs: [spec] });
  }

  /** Ends the open streams of one kind: cleanly, or with UNAVAILABLE. */
  endStreams(method: 'StreamIsActive' | 'StreamMetricSpec', how: 'cleanly' | 'with an error'): void {
    const open = method === 'StreamIsActive' ? this.#activity : this.#metricSpec;
    for (const call of open) {
      if (how === 'cleanly') call.end();
      else call.emit('error', unavailable);
    }
    open.clear();
  }

  #handlers(): ExternalScalerHandlers {
    return {
      GetMetricSpec: ({ request }, answer) => answer(this.#hear('GetMetricSpec', request), { metricSpecs: this.specs }),
      GetMetrics: ({ request }, answer) => answer(this.#hearMetrics(request), { metricValues: this.values }),
      IsActive: ({ request }, answer) => answer(this.#hear('IsActive', request), { result: this.active }),
      StreamIsActive: (call) => {
        this.#hear('StreamIsActive', call.request);
        this.#activity.add(call);
      },
      StreamMetricSpec: (call) => {
        this.#hear('StreamMetricSpec', call.request);
        if (this.implementsMetricSpecStream) this.#metricSpec.add(call);
        else call.emit('error', { code: status.UNIMPLEMENTED, details: 'unknown method StreamMetricSpec' });
      },
    };
  }

  #hearMetrics({ scaledObjectRef, metricName }: MetricsRequest): ServerErrorResponse | null {
    this.lastMetricName = metricName;
    return this.#hear('GetMetrics', scaledObjectRef ?? undefined);
  }

  #hear(method: Method, ref: WireRef | undefined): ServerErrorResponse | null {
    this.calls.push(method);
    this.lastRef = ref;
    const left = this.#failures.get(method) ?? 0;
    this.#failures.set(method, Math.max(0, left - 1));
    return left > 0 ? unavailable : null;
  }
}

const unavailable: ServerErrorResponse = Object.assign(new Error('no decision'), {
  code: status.UNAVAILABLE,
  details: 'no decision',
});
