import type { Ref } from '../external-scaler-client.ts';

/** The cluster that the figures are stated for. */
export const activeScaledObjects = 2_000;
export const podsEach = 5;
const namespaces = 50;

/** One ScaledObject of the scene, by its number. Its Deployment has the same name, its pods are five. */
export function refOf(index: number, enginePort: number): Ref {
  return { namespace: namespaceOf(index), name: nameOf(index), scalerMetadata: metadata(enginePort) };
}

export function namespaceOf(index: number): string {
  return `team-${index % namespaces}`;
}

export function nameOf(index: number): string {
  return `model-${index}`;
}

/** Linux answers for all of 127.0.0.0/8, so that each pod can have an address of its own: 10,000 hosts, one server. */
export function podAddress(podNumber: number): string {
  return `127.${1 + Math.floor(podNumber / 62_500)}.${Math.floor(podNumber / 250) % 250}.${1 + (podNumber % 250)}`;
}

/** What a real trigger sends with every call. */
function metadata(enginePort: number): Record<string, string> {
  return {
    scalerAddress: 'pilotlight-scaler.pilotlight:6000',
    timezone: 'Europe/Berlin',
    businessHours: 'Mon-Fri 08:00-20:00 min=2; Mon-Fri 11:30-14:00 min=6; Sat 10:00-14:00',
    holidays: '12-24, 2026-12-31',
    engine: 'vllm',
    enginePort: String(enginePort),
    queueTarget: '5',
    runningTarget: '32',
    kvCacheTarget: '0.8',
  };
}
