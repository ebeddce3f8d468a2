import { z } from 'zod';
import type { KubeClient, Query } from './kube-client.ts';
import { KubeError } from './kube-error.ts';

/** Objects fetched per request, so that a large namespace is never in memory whole. */
const pageSize = 500;

const listPage = z.object({
  metadata: z.object({ resourceVersion: z.string(), continue: z.string().optional() }),
  items: z.array(z.unknown()),
});
const watchEvent = z.object({
  type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']),
  object: z.object({
    metadata: z.object({ name: z.string().optional(), resourceVersion: z.string().optional() }).optional(),
  }),
});
const namedObject = z.object({ metadata: z.object({ name: z.string() }) });

/** One line of a watch stream. */
interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  /** Empty in bookmarks and errors. */
  readonly name: string;
  readonly version: string;
  readonly object: unknown;
}

/** Hands each object of a list to `each`, with its name; answers the version that a watch continues from. Rejects with KubeError. */
export async function listObjects(
  client: KubeClient,
  path: string,
  query: Query,
  each: (name: string, object: unknown) => void,
): Promise<string> {
  let next = '';
  for (;;) {
    const answer = await client.get(path, {
      ...query,
      limit: String(pageSize),
      ...(next !== '' && { continue: next }),
    });
    const { success, data } = listPage.safeParse(answer);
    if (!success) throw new KubeError(`${path}: the answer is no Kubernetes list`);
    for (const item of data.items) {
      const named = namedObject.safeParse(item);
      if (named.success) each(named.data.metadata.name, item);
    }
    next = data.metadata.continue ?? '';
    if (next === '') return data.metadata.resourceVersion;
  }
}

/** Reads one line of a watch stream; undefined when it is no event. */
export function readWatchEvent(line: string): WatchEvent | undefined {
  const json = parseJson(line);
  const { success, data } = watchEvent.safeParse(json);
  if (!success) return undefined;
  const { name = '', resourceVersion: version = '' } = data.object.metadata ?? {};
  const isWhole = data.type === 'ERROR' || (version !== '' && (data.type === 'BOOKMARK' || name !== ''));
  return isWhole ? { type: data.type, name, version, object: (json as { object: unknown }).object } : undefined;
}

/**
 * Whether `version` is older than `than`, or the same. Versions are numbers wherever the API server keeps its objects in
 * etcd; where one is not, order can't be told and every version counts as newer.
 */
export function isOldNews(version: string, than: string): boolean {
  return /^\d+$/.test(version) && /^\d+$/.test(than) && BigInt(version) <= BigInt(than);
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
