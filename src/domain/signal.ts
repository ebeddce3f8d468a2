/** What a signal's value counts, always in base units: requests, per second, seconds, ratios from 0 to 1. */
type SignalUnit = 'requests' | 'requests/s' | 'tokens/s' | 'ratio' | 'seconds';

interface SignalDefinition {
  readonly unit: SignalUnit;
  /**
   * A gauge's last value may be remembered for a stated time. A rate or a quantile is of a window that ends now, so
   * remembered it would be made up.
   */
  readonly kind: 'gauge' | 'rate' | 'quantile';
  /**
   * What makes one number of a workload's pods: their sum, which replicas share among them; or, of quantiles, which can
   * be added as little as the ages of people, that of all requests together or else the worst pod's.
   */
  readonly overPods: 'sum' | 'worst';
  /** What the signal says of work: some waits, some is being done, or neither follows from it. */
  readonly shows: 'waiting' | 'working' | 'neither';
  readonly meaning: string;
}

function quantile(meaning: string): SignalDefinition & { kind: 'quantile' } {
  return { unit: 'seconds', kind: 'quantile', overPods: 'worst', shows: 'neither', meaning };
}

/** The demand and load signals that pilotlight knows. */
export const signals = {
  queue: { unit: 'requests', kind: 'gauge', overPods: 'sum', shows: 'waiting', meaning: 'requests that wait' },
  running: {
    unit: 'requests',
    kind: 'gauge',
    overPods: 'sum',
    shows: 'working',
    meaning: 'requests that are being served',
  },
  concurrency: {
    unit: 'requests',
    kind: 'gauge',
    overPods: 'sum',
    shows: 'working',
    meaning: 'requests inside, waiting and served together',
  },
  requestRate: {
    unit: 'requests/s',
    kind: 'rate',
    overPods: 'sum',
    shows: 'neither',
    meaning: 'requests that arrive',
  },
  tokenRate: { unit: 'tokens/s', kind: 'rate', overPods: 'sum', shows: 'neither', meaning: 'tokens generated' },
  kvCache: {
    unit: 'ratio',
    kind: 'gauge',
    overPods: 'sum',
    shows: 'neither',
    meaning: 'share of the KV cache in use',
  },
  latencyP50: quantile('time that half of the requests took no longer than'),
  latencyP95: quantile('time that 95 % of the requests took no longer than'),
  latencyP99: quantile('time that 99 % of the requests took no longer than'),
  ttftP99: quantile('time to the first token that 99 % of the requests waited no longer for'),
  gpuUtilization: {
    unit: 'ratio',
    kind: 'gauge',
    overPods: 'sum',
    shows: 'working',
    meaning: 'share of time a GPU was busy',
  },
  gpuMemory: {
    unit: 'ratio',
    kind: 'gauge',
    overPods: 'sum',
    shows: 'neither',
    meaning: 'share of GPU memory in use',
  },
} as const satisfies Record<string, SignalDefinition>;

export type SignalName = keyof typeof signals;

export const signalNames = Object.keys(signals) as readonly SignalName[];

/**
 * Whether a signal is a sum over the pods, so that by a target per replica it says how many replicas are needed. Others
 * have no target.
 */
export function addsUp(signal: SignalName): boolean {
  return signals[signal].overPods === 'sum';
}
