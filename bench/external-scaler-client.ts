import { credentials, loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { ExternalScalerClient } from '../src/generated/externalscaler/ExternalScaler.ts';
import type { ProtoGrpcType } from '../src/generated/externalscaler.ts';

const protoFile = new URL('../protos/externalscaler.proto', import.meta.url).pathname;

/** KEDA's contract, loaded as upstream has it. */
export function loadExternalScaler(): ProtoGrpcType['externalscaler']['ExternalScaler'] {
  const definition = loadSync(protoFile, { longs: Number, defaults: true });
  return (loadPackageDefinition(definition) as unknown as ProtoGrpcType).externalscaler.ExternalScaler;
}

/** One connection, shared by all ScaledObjects as KEDA's is. */
export function connect(address: string): ExternalScalerClient {
  const Client = loadExternalScaler();
  return new Client(address, credentials.createInsecure());
}

export interface Ref {
  readonly name: string;
  readonly namespace: string;
  readonly scalerMetadata: Record<string, string>;
}

export function getMetrics(client: ExternalScalerClient, ref: Ref): Promise<number> {
  return new Promise((resolve, reject) => {
    client.getMetrics({ scaledObjectRef: ref, metricName: 'required-replicas' }, (error, response) => {
      if (error) reject(error);
      else resolve(response?.metricValues[0]?.metricValueFloat ?? NaN);
    });
  });
}

export function isActive(client: ExternalScalerClient, ref: Ref): Promise<boolean> {
  return new Promise((resolve, reject) => {
    client.isActive(ref, (error, response) => {
      if (error) reject(error);
      else resolve(response?.result ?? false);
    });
  });
}
