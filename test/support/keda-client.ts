import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentials, loadPackageDefinition, status } from '@grpc/grpc-js';
import type { ClientReadableStream, requestCallback, ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { ProtoGrpcType } from '../../src/generated/externalscaler.ts';
import type { ExternalScalerClient } from '../../src/generated/externalscaler/ExternalScaler.ts';
import type { GetMetricSpecResponse__Output as Specs } from '../../src/generated/externalscaler/GetMetricSpecResponse.ts';
import type { GetMetricsResponse__Output as Values } from '../../src/generated/externalscaler/GetMetricsResponse.ts';
import type { IsActiveResponse__Output as Activity } from '../../src/generated/externalscaler/IsActiveResponse.ts';
import type { ScaledObjectRef } from '../../src/generated/externalscaler/ScaledObjectRef.ts';

/** KEDA's proto as it is upstream. */
const upstreamProto = new URL('../../protos/externalscaler.proto', import.meta.url).pathname;

/** A trigger as KEDA knows it. */
export interface Trigger {
  readonly namespace: string;
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** How an RPC or a stream ended. */
interface RpcEnding {
  readonly code: keyof typeof status;
  readonly details: string;
}

/** An RPC that gave no answer. */
class RpcFailure extends Error implements RpcEnding {
  override readonly name = 'RpcFailure';
  readonly code: keyof typeof status;
  readonly details: string;

  constructor(error: ServiceError | null) {
    super(error?.message ?? 'no answer');
    this.code = codeName(error?.code ?? status.UNKNOWN);
    this.details = error?.details ?? '';
  }
}

/** What KEDA makes of one poll: the value it hands to the HPA, and whether the trigger is active. */
interface Poll {
  readonly metric: string;
  readonly target: number;
  readonly value: number;
  readonly active: boolean;
}

/** KEDA's side of the external scaler contract: one shared connection, the same calls in the same order, the same arithmetic. */
export class KedaClient {
  readonly rpc: ExternalScalerClient;

  constructor(address: string, proto = upstreamProto, channel = credentials.createInsecure()) {
    const decoding = { longs: Number, defaults: true, arrays: true, objects: true };
    const loaded = loadPackageDefinition(loadSync(proto, decoding)) as unknown as ProtoGrpcType;
    this.rpc = new loaded.externalscaler.ExternalScaler(address, channel);
  }

  /** GetMetricSpec, GetMetrics, IsActive, in this order; rejects with RpcFailure when one fails. */
  async poll(trigger: Trigger): Promise<Poll> {
    const [spec] = await this.metricSpecs(trigger);
    if (!spec) throw new Error('got empty metric spec');
    const value = await this.metricValue(trigger, spec.metric);
    return { ...spec, value, active: await this.isActive(trigger) };
  }

  /** A float above 0 wins; else the integer counts, as in KEDA 2.17 and newer. */
  async metricSpecs(trigger: Trigger): Promise<{ metric: string; target: number }[]> {
    const { metricSpecs } = await answered<Specs>((done) => this.rpc.GetMetricSpec(wireRef(trigger), done));
    return metricSpecs.map(({ metricName, targetSize, targetSizeFloat }) => ({
      metric: metricName,
      target: targetSizeFloat > 0 ? targetSizeFloat : targetSize,
    }));
  }

  /** KEDA adds up whatever it is given; a float above 0 wins over the integer. */
  async metricValue(trigger: Trigger, metricName: string): Promise<number> {
    const request = { scaledObjectRef: wireRef(trigger), metricName };
    const { metricValues } = await answered<Values>((done) => this.rpc.GetMetrics(request, done));
    if (metricValues.length === 0) throw new Error('no matching metrics found');
    return metricValues
      .map((one) => (one.metricValueFloat > 0 ? one.metricValueFloat : one.metricValue))
      .reduce((sum, value) => sum + value, 0);
  }

  async isActive(trigger: Trigger): Promise<boolean> {
    return (await answered<Activity>((done) => this.rpc.IsActive(wireRef(trigger), done))).result;
  }

  /** The push stream of an `external-push` trigger. */
  streamActivity(trigger: Trigger): Listening<boolean> {
    return listen(this.rpc.StreamIsActive(wireRef(trigger)), (answer) => answer.result);
  }

  streamMetricSpec(trigger: Trigger): Listening<string[]> {
    return listen(this.rpc.StreamMetricSpec(wireRef(trigger)), (answer) =>
      answer.metricSpecs.map((one) => one.metricName),
    );
  }

  close(): void {
    this.rpc.close();
  }
}

/** One open stream: what came so far, and how it ended. */
interface Listening<T> {
  readonly received: readonly T[];
  /** Resolves when the stream has ended, from whichever side. */
  readonly ended: Promise<RpcEnding>;
  /** Resolves when so many messages have come in all. */
  count(messages: number): Promise<void>;
  cancel(): void;
}

export function listen<Answer, T>(stream: ClientReadableStream<Answer>, read: (answer: Answer) => T): Listening<T> {
  const received: T[] = [];
  const waiting = new Set<() => void>();
  stream.on('data', (answer: Answer) => {
    received.push(read(answer));
    for (const look of waiting) look();
  });
  const ended = new Promise<RpcEnding>((resolve) => {
    stream.on('status', (end) => resolve({ code: codeName(end.code), details: end.details }));
    stream.on('error', () => undefined);
  });
  const count = (messages: number): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (received.length < messages) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return { received, ended, count, cancel: () => stream.cancel() };
}

/** The proto as KEDA 2.16 and older have it: no floats, no stream of specs. Answers its path. */
export function protoOfKeda216(): string {
  const old = readFileSync(upstreamProto, 'utf8').replaceAll(/^.*(Float|StreamMetricSpec).*$/gm, '');
  const path = join(mkdtempSync(join(tmpdir(), 'pilotlight-proto-')), 'externalscaler.proto');
  writeFileSync(path, old);
  return path;
}

/** A trigger as it goes over the wire. */
export function wireRef({ namespace, name, metadata }: Trigger): ScaledObjectRef {
  return { namespace, name, scalerMetadata: { ...metadata } };
}

/** The answer of a unary RPC; rejects with RpcFailure. */
export function answered<Answer>(call: (done: requestCallback<Answer>) => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    call((error, answer) => {
      if (error || !answer) reject(new RpcFailure(error));
      else resolve(answer);
    });
  });
}

function codeName(code: status): keyof typeof status {
  return status[code] as keyof typeof status;
}
