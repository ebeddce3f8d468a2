import { fileURLToPath } from 'node:url';
import { loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { ProtoGrpcType } from '../../generated/podresources.ts';

/** The kubelet's PodResources service, version 1, with every field present in what is decoded. */
export function loadPodResources(): ProtoGrpcType['v1']['PodResourcesLister'] {
  const path = fileURLToPath(new URL('../../../protos/podresources.proto', import.meta.url));
  const definition = loadSync(path, { longs: Number, enums: String, defaults: true, arrays: true, objects: true });
  return (loadPackageDefinition(definition) as unknown as ProtoGrpcType).v1.PodResourcesLister;
}
