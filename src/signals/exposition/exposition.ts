/** One sample of a metric: its labels as they were written, its value as it is, NaN and infinities included. */
export interface Sample {
  readonly name: string;
  /** Often the very same object for the same labels, read after read. */
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

/** What a text in Prometheus' exposition format says of the wanted metrics. */
export interface Exposition {
  readonly samples: readonly Sample[];
  /** Wanted metrics with a line that can't be read: what is known of them is not all, so a sum would be wrong. */
  readonly unreadable: ReadonlySet<string>;
  /** Wanted names that a `# TYPE` line announces, be there samples of them or not. */
  readonly declared: ReadonlySet<string>;
  /** What is wrong with the text as a whole, so that nothing of it can be trusted to be all: `ends in the middle of a line`. */
  readonly flaw?: string;
}
