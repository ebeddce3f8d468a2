/** How long a workload's pods take from their creation until they are ready, as far as that was seen. */
export interface Startup {
  /** Nine of ten were ready within this. */
  readonly p90Ms: number;
  /** Pods that it was learned from. */
  readonly pods: number;
}
