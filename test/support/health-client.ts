import { credentials, loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { ProtoGrpcType } from '../../src/generated/health.ts';
import type { HealthClient } from '../../src/generated/grpc/health/v1/Health.ts';

const proto = new URL('../../protos/health.proto', import.meta.url).pathname;

/** A client of grpc.health.v1, as the kubelet's gRPC probes are. */
export function healthClient(address: string): HealthClient {
  const loaded = loadPackageDefinition(loadSync(proto, { enums: String, defaults: true })) as unknown as ProtoGrpcType;
  return new loaded.grpc.health.v1.Health(address, credentials.createInsecure());
}

/** One check: the status, or the gRPC details of the refusal. */
export function checkHealth(client: HealthClient, service: string): Promise<string> {
  return new Promise((resolve) => {
    client.Check({ service }, (error, answer) => resolve(answer?.status ?? error?.details ?? 'no answer'));
  });
}
