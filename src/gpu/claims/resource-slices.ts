import { draDriver } from '../kubelet/allocations.ts';

/** UUIDs of what NVIDIA's driver for dynamic resource allocation offers, by the names that it gives its devices. */
export type ClaimUuids = ReadonlyMap<string, string>;

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads a `ResourceSliceList`, of `resource.k8s.io/v1`, `v1beta2` or `v1beta1`. Of each pool the newest generation counts; a
 * device without a UUID, or whose name stands for two, is left out. Undefined for what is no such list.
 */
export function readResourceSlices(text: string): ClaimUuids | undefined {
  const list = parseObject(text);
  if (!list || !Array.isArray(list['items'])) return undefined;
  const specs = list['items'].flatMap((item) => specOf(item) ?? []);
  const newest = new Map<string, number>();
  for (const { pool, generation } of specs) newest.set(pool, Math.max(generation, newest.get(pool) ?? generation));
  const uuids = new Map<string, string>();
  const ambiguous = new Set<string>();
  for (const { devices } of specs.filter(({ pool, generation }) => newest.get(pool) === generation)) {
    for (const { name, uuid } of devices) {
      if (uuids.has(name) && uuids.get(name) !== uuid) ambiguous.add(name);
      uuids.set(name, uuid);
    }
  }
  for (const name of ambiguous) uuids.delete(name);
  return uuids;
}

interface SliceSpec {
  readonly pool: string;
  readonly generation: number;
  readonly devices: readonly { readonly name: string; readonly uuid: string }[];
}

function specOf(item: unknown): SliceSpec | undefined {
  const spec = objectAt(item, 'spec');
  const pool = objectAt(spec, 'pool');
  if (spec?.['driver'] !== draDriver || typeof pool?.['name'] !== 'string') return undefined;
  const devices = Array.isArray(spec['devices']) ? spec['devices'].flatMap((device) => deviceOf(device) ?? []) : [];
  return { pool: pool['name'], generation: Number(pool['generation'] ?? 0), devices };
}

/** Before v1beta2 attributes stood under `basic`. A name without a domain is of the driver's own. */
function deviceOf(device: unknown): { name: string; uuid: string } | undefined {
  const name = isObject(device) ? device['name'] : undefined;
  const attributes = objectAt(device, 'attributes') ?? objectAt(objectAt(device, 'basic'), 'attributes');
  const attribute = objectAt(attributes, 'uuid') ?? objectAt(attributes, `${draDriver}/uuid`);
  const uuid = attribute?.['string'];
  return typeof name === 'string' && typeof uuid === 'string' && /^(?:GPU|MIG)-/i.test(uuid)
    ? { name, uuid }
    : undefined;
}

function objectAt(value: unknown, key: string): Json | undefined {
  const found = isObject(value) ? value[key] : undefined;
  return isObject(found) ? found : undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseObject(text: string): Json | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
