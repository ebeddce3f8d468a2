import type { Coverage } from '../../domain/reading.ts';
import type { SignalName } from '../../domain/signal.ts';
import { readyPods } from '../../domain/workload.ts';
import type { Workload } from '../../domain/workload.ts';
import type { PodGpu, PodGpus } from './pod-gpus.ts';

/**
 * What a pod's GPUs say of one signal; NaN when one of them does not say. `untold` are GPUs that the pod holds and of which
 * no exporter tells: the mean over all of them is that much at least, while their memory is not known at all.
 */
const figures: Readonly<Partial<Record<SignalName, (gpus: readonly PodGpu[], untold: number) => number>>> = {
  gpuUtilization: (gpus, untold) => total(gpus, 'utilizationRatio') / (gpus.length + untold),
  gpuMemory: (gpus, untold) => (untold > 0 ? NaN : total(gpus, 'memoryUsedBytes') / total(gpus, 'memoryTotalBytes')),
};

/** The signals that exporters tell. */
export const exporterSignals = Object.keys(figures) as readonly SignalName[];

/** What the GPUs of a workload's ready pods say of one signal. */
export interface PodsFigure {
  /** The sum over the pods that tell; absent where none does. */
  readonly value?: number;
  readonly coverage: Coverage;
  /** Of each pod that is heard. */
  readonly byPod: ReadonlyMap<string, number>;
  /** What keeps it from being all, in words. */
  readonly remarks: readonly string[];
}

/**
 * A pod's utilization is the mean over its GPUs, its memory what is used of all that its GPUs have; the value is the sum
 * over ready pods. A pod without GPU series, or with a GPU that lacks the figure, is not heard. One that holds a GPU of
 * which nothing is told counts with what is told of the others, and is not heard: it may raise the sum, and lowers nothing.
 * @param tellers of each pod the first that knows it counts
 */
export function figureOfPods(signal: SignalName, workload: Workload, tellers: readonly PodGpus[]): PodsFigure {
  const pods = readyPods(workload);
  const parts = pods.map((pod) => readPod(signal, workload.ref.namespace, pod.name, tellers)).filter(({ value }) => Number.isFinite(value)); // prettier-ignore
  const heard = parts.filter(({ untold }) => untold === 0);
  const byPod = new Map(heard.map(({ pod, value }) => [pod, value]));
  const coverage = { heard: heard.length, expected: pods.length };
  if (parts.length === 0) return { coverage, byPod, remarks: [] };
  const value = parts.reduce((sum, part) => sum + part.value, 0);
  const remarks = [describeUnheard(coverage), describeUntold(parts)].filter((remark) => remark !== '');
  return { value, coverage, byPod, remarks };
}

/** One pod's part of the sum. */
interface PodPart {
  readonly pod: string;
  readonly value: number;
  readonly untold: number;
}

function readPod(signal: SignalName, namespace: string, pod: string, tellers: readonly PodGpus[]): PodPart {
  const teller = tellers.find((one) => one.knows(namespace, pod));
  if (!teller) return { pod, value: NaN, untold: 0 };
  const untold = teller.untold(namespace, pod);
  return { pod, value: figures[signal]?.(teller.of(namespace, pod), untold) ?? NaN, untold };
}

function describeUnheard({ heard, expected }: Coverage): string {
  return heard === expected ? '' : `heard ${heard} of ${expected} pods`;
}

function describeUntold(parts: readonly PodPart[]): string {
  const untold = parts.reduce((sum, part) => sum + part.untold, 0);
  return untold === 0 ? '' : `${untold} of their GPUs can't be told apart, see pilotlight_unattributed_devices`;
}

function total(gpus: readonly PodGpu[], figure: keyof PodGpu): number {
  return gpus.reduce((sum, gpu) => sum + (gpu[figure] ?? NaN), 0);
}
