/** Names a pod on its node. */
export interface PodName {
  readonly namespace: string;
  readonly pod: string;
}

/** Whose a process is. */
export type ProcessOwner =
  | ({ readonly kind: 'pod' } & PodName)
  /** It runs in no pod. */
  | { readonly kind: 'host' }
  /** It was seen once and has ended since the driver listed it. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'unknown'; readonly why: string };

/** Answers at once, from memory and from /proc, which is memory as well. */
export type OwnerLookup = (pid: number) => ProcessOwner;
