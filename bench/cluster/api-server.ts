import { serverA } from '../../test/support/certificates.ts';
import { startKubeApi } from '../../test/support/kube-api.ts';
import { startTlsFront } from '../../test/support/tls-front.ts';
import { closedScaledObject, podName, podObject, workloadObjects } from './objects.ts';
import { namespaceOf, nameOf, podsEach, refOf } from './scene.ts';

/** What the stand-in can be told: to add workloads, to remove them, or to replace the pods of some, one step at a time. */
export type ApiOrder =
  | { readonly do: 'add'; readonly from: number; readonly to: number; readonly replicas: number }
  | { readonly do: 'remove'; readonly from: number; readonly to: number }
  /** Gives the ScaledObjects an override that allows no replica. */
  | { readonly do: 'close'; readonly from: number; readonly to: number }
  | { readonly do: 'replace pods'; readonly workloads: readonly number[]; readonly slot: number }
  | { readonly do: 'bookmark' };

/** The Kubernetes API server of the scene: a script for `startSide`. */
const api = await startKubeApi();
const front = await startTlsFront({ targetPort: Number(new URL(api.url).port), pair: serverA });
const enginePort = Number(process.argv[2]);

function carryOut(order: ApiOrder): void {
  if (order.do === 'bookmark') api.bookmark();
  else if (order.do === 'replace pods') for (const index of order.workloads) replacePod(index, order.slot);
  else for (let index = order.from; index < order.to; index += 1) change(index, order);
}

function change(index: number, order: Extract<ApiOrder, { do: 'add' | 'remove' | 'close' }>): void {
  const slots = Array.from({ length: podsEach }, (_, slot) => slot);
  if (order.do === 'add') {
    api.apply(...workloadObjects(index, order.replicas, refOf(index, enginePort).scalerMetadata));
    for (const slot of slots.slice(0, order.replicas)) api.apply(podObject(index, slot, 0, 'ready'));
    return;
  }
  if (order.do === 'close') {
    api.apply(closedScaledObject(index));
    return;
  }
  for (const { kind, metadata } of workloadObjects(index, 0)) api.remove(kind, metadata.name, metadata.namespace);
  for (const slot of slots) api.remove('Pod', podName(index, slot, generationOf(index, slot)), namespaceOf(index));
  for (const slot of slots) generations.delete(`${index}/${slot}`);
}

/** How often each pod that was replaced has been. */
const generations = new Map<string, number>();

function generationOf(index: number, slot: number): number {
  return generations.get(`${index}/${slot}`) ?? 0;
}

/** Five events, as the life of a pod that is replaced gives: the old one goes, the new one comes and becomes ready. */
function replacePod(index: number, slot: number): void {
  const before = generationOf(index, slot);
  const generation = before + 1;
  generations.set(`${index}/${slot}`, generation);
  api.apply(podObject(index, slot, before, 'terminating'), podObject(index, slot, generation, 'created'));
  api.apply(podObject(index, slot, generation, 'started'), podObject(index, slot, generation, 'ready'));
  api.remove('Pod', podName(index, slot, before), namespaceOf(index));
}

process.on('message', (order: ApiOrder) => {
  carryOut(order);
  process.send?.('done');
});
process.send?.({ port: front.port, first: nameOf(0) });
