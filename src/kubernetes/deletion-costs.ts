/** Names a pod. */
interface PodRef {
  readonly namespace: string;
  readonly name: string;
}

/** Where deletion costs of pods are set. Takes them without an answer: whoever wants one looks at the pod. */
export interface DeletionCosts {
  /** Sets a pod's cost, or takes it away where it is undefined. One that somebody else has set stays as it is. */
  set(pod: PodRef, cost: number | undefined): void;
}
