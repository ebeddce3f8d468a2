import type { ClaimResource__Output } from '../../generated/v1/ClaimResource.ts';
import type { ContainerDevices__Output } from '../../generated/v1/ContainerDevices.ts';
import type { ContainerResources__Output } from '../../generated/v1/ContainerResources.ts';
import type { DynamicResource__Output } from '../../generated/v1/DynamicResource.ts';
import type { ListPodResourcesResponse__Output } from '../../generated/v1/ListPodResourcesResponse.ts';
import type { PodResources__Output } from '../../generated/v1/PodResources.ts';
import { lengthFields } from './wire.ts';

/** By the field's number, what it does to the message that it is a field of. */
type Takers<T> = Readonly<Record<number, (message: T, bytes: Buffer) => unknown>>;

/**
 * Reads the kubelet's answer to List, the fields of protos/podresources.proto by their numbers; others are passed over. Throws
 * MalformedMessage for what is none.
 */
export function readPodResources(bytes: Buffer): ListPodResourcesResponse__Output {
  return read(bytes, { podResources: [] }, response);
}

const response: Takers<ListPodResourcesResponse__Output> = {
  1: (list, bytes) => list.podResources.push(read(bytes, { name: '', namespace: '', containers: [] }, pod)),
};

const pod: Takers<PodResources__Output> = {
  1: (one, bytes) => (one.name = text(bytes)),
  2: (one, bytes) => (one.namespace = text(bytes)),
  3: (one, bytes) => one.containers.push(read(bytes, { name: '', devices: [], dynamicResources: [] }, container)),
};

const container: Takers<ContainerResources__Output> = {
  1: (one, bytes) => (one.name = text(bytes)),
  2: (one, bytes) => one.devices.push(read(bytes, { resourceName: '', deviceIds: [] }, devices)),
  5: (one, bytes) =>
    one.dynamicResources.push(read(bytes, { claimName: '', claimNamespace: '', claimResources: [] }, dynamic)),
};

const devices: Takers<ContainerDevices__Output> = {
  1: (one, bytes) => (one.resourceName = text(bytes)),
  2: (one, bytes) => one.deviceIds.push(text(bytes)),
};

const dynamic: Takers<DynamicResource__Output> = {
  2: (one, bytes) => (one.claimName = text(bytes)),
  3: (one, bytes) => (one.claimNamespace = text(bytes)),
  4: (one, bytes) =>
    one.claimResources.push(read(bytes, { cdiDevices: [], driverName: '', poolName: '', deviceName: '' }, claim)),
};

const claim: Takers<ClaimResource__Output> = {
  1: (one, bytes) => one.cdiDevices.push(read(bytes, { name: '' }, { 1: (cdi, name) => (cdi.name = text(name)) })),
  2: (one, bytes) => (one.driverName = text(bytes)),
  3: (one, bytes) => (one.poolName = text(bytes)),
  4: (one, bytes) => (one.deviceName = text(bytes)),
};

/** Fills an empty message. */
function read<T>(bytes: Buffer, message: T, takers: Takers<T>): T {
  for (const field of lengthFields(bytes)) takers[field.number]?.(message, field.bytes);
  return message;
}

function text(bytes: Buffer): string {
  return bytes.toString('utf8');
}
