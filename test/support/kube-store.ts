import { fieldAt, fieldsMatch, labelsMatch } from './kube-selectors.ts';
import type { KubeObject } from './kube-objects.ts';

/** A resource that the API stand-in serves. */
export interface ServedKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  /** Where its scale subresource finds the selector, if it has that subresource: empty means it names none. */
  readonly scaleSelectorPath?: string;
}

export interface Filter {
  readonly labelSelector: string;
  readonly fieldSelector: string;
}

/** One entry of a watch stream, as it goes over the wire. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: unknown;
}

/** One change of one object. */
export interface Change {
  readonly version: number;
  readonly kind: ServedKind;
  readonly namespace: string;
  readonly before?: KubeObject;
  readonly after?: KubeObject;
}

const builtInKinds: readonly ServedKind[] = [
  { apiVersion: 'v1', kind: 'Pod', plural: 'pods' },
  { apiVersion: 'v1', kind: 'Event', plural: 'events' },
  { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', scaleSelectorPath: 'spec.selector' },
  { apiVersion: 'apps/v1', kind: 'StatefulSet', plural: 'statefulsets', scaleSelectorPath: 'spec.selector' },
  { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', plural: 'scaledobjects' },
  { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', plural: 'horizontalpodautoscalers' },
];

/** Objects with one counter of versions over all of them, as etcd has, and the history that watches are served from. */
export class KubeStore {
  readonly kinds: ServedKind[] = [...builtInKinds];
  readonly history: Change[] = [];
  version = 1_000;
  /** Watches and continued lists from before this version are answered 410. */
  oldestVersion = 1_000;
  readonly #objects = new Map<string, KubeObject>();

  apply(object: KubeObject): Change {
    const kind = this.kinds.find((served) => served.apiVersion === object.apiVersion && served.kind === object.kind);
    if (!kind) throw new Error(`the API stand-in serves no ${object.apiVersion} ${object.kind}; serve() it first`);
    return this.#write(kind, object.metadata.namespace, object.metadata.name, object);
  }

  /** Removes the object; undefined where there is none. */
  remove(kindName: string, namespace: string, name: string): Change | undefined {
    const kind = this.kinds.find((served) => served.kind === kindName);
    if (!kind || !this.get(kind, namespace, name)) return undefined;
    return this.#write(kind, namespace, name);
  }

  get(kind: ServedKind, namespace: string, name: string): KubeObject | undefined {
    return this.#objects.get(`${kind.plural}/${namespace}/${name}`);
  }

  list(kind: ServedKind, namespace: string, filter: Filter): KubeObject[] {
    const prefix = `${kind.plural}/${namespace === '' ? '' : `${namespace}/`}`;
    return [...this.#objects]
      .filter(([key, object]) => key.startsWith(prefix) && matches(filter, object))
      .map(([, object]) => object);
  }

  #write(kind: ServedKind, namespace: string, name: string, object?: KubeObject): Change {
    this.version += 1;
    const key = `${kind.plural}/${namespace}/${name}`;
    const before = this.#objects.get(key);
    const after = object && stamped(object, this.version);
    if (after) this.#objects.set(key, after);
    else this.#objects.delete(key);
    const change = { version: this.version, kind, namespace, ...(before && { before }), ...(after && { after }) };
    this.history.push(change);
    return change;
  }
}

/** The event that a watch with this filter sees of a change: an object that stops matching is DELETED to it. */
export function eventOf(change: Change, filter: Filter): WatchEvent | undefined {
  const had = change.before && matches(filter, change.before) ? change.before : undefined;
  const has = change.after !== undefined && matches(filter, change.after);
  if (has) return { type: had ? 'MODIFIED' : 'ADDED', object: change.after };
  return had && { type: 'DELETED', object: stamped(had, change.version) };
}

/** The scale subresource of an object, as the API server derives it. */
export function scaleOf(kind: ServedKind, object: KubeObject): unknown {
  const { name, namespace, resourceVersion } = object.metadata;
  const selector = kind.scaleSelectorPath === 'spec.selector' ? selectorText(object.spec?.['selector']) : fieldAt(object, kind.scaleSelectorPath ?? ''); // prettier-ignore
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name, namespace, resourceVersion },
    spec: { replicas: object.spec?.['replicas'] ?? 0 },
    status: { replicas: object.status?.['replicas'] ?? 0, ...(selector !== '' && { selector }) },
  };
}

function selectorText(selector: unknown): string {
  const { matchLabels } = selector as { matchLabels?: Record<string, string> };
  return Object.entries(matchLabels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

function matches(filter: Filter, object: KubeObject): boolean {
  if (filter.labelSelector !== '' && !labelsMatch(filter.labelSelector, object.metadata.labels ?? {})) return false;
  return filter.fieldSelector === '' || fieldsMatch(filter.fieldSelector, object);
}

function stamped(object: KubeObject, version: number): KubeObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
}
