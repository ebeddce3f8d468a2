/** What a signal's value counts, always in base units: requests, per second, ratios from 0 to 1. */
type SignalUnit = 'requests' | 'requests/s' | 'tokens/s' | 'ratio';

interface SignalDefinition {
  readonly unit: SignalUnit;
  /** A gauge's last value may be remembered for a stated time; a rate never (it would be made up). */
  readonly kind: 'gauge' | 'rate';
  /** What the signal says of work: some waits, some is being done, or neither follows from it. */
  readonly shows: 'waiting' | 'working' | 'neither';
  readonly meaning: string;
}

/** The demand and load signals that pilotlight knows. The value of a signal is its sum over the workload's pods. */
export const signals = {
  queue: { unit: 'requests', kind: 'gauge', shows: 'waiting', meaning: 'requests that wait' },
  running: { unit: 'requests', kind: 'gauge', shows: 'working', meaning: 'requests that are being served' },
  concurrency: {
    unit: 'requests',
    kind: 'gauge',
    shows: 'working',
    meaning: 'requests inside, waiting and served together',
  },
  requestRate: { unit: 'requests/s', kind: 'rate', shows: 'neither', meaning: 'requests that arrive' },
  tokenRate: { unit: 'tokens/s', kind: 'rate', shows: 'neither', meaning: 'tokens generated' },
  kvCache: { unit: 'ratio', kind: 'gauge', shows: 'neither', meaning: 'share of the KV cache in use' },
  gpuUtilization: { unit: 'ratio', kind: 'gauge', shows: 'working', meaning: 'share of time a GPU was busy' },
  gpuMemory: { unit: 'ratio', kind: 'gauge', shows: 'neither', meaning: 'share of GPU memory in use' },
} as const satisfies Record<string, SignalDefinition>;

export type SignalName = keyof typeof signals;

export const signalNames = Object.keys(signals) as readonly SignalName[];
