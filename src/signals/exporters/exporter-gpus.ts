import type { SignalName } from '../../domain/signal.ts';
import { readyPods } from '../../domain/workload.ts';
import type { Workload } from '../../domain/workload.ts';
import type { ExporterFleet, FleetReading } from './exporter-fleet.ts';
import { orTimeout } from '../or-timeout.ts';
import type { PodGpu } from './pod-gpus.ts';
import { listReasons } from '../reasons.ts';
import type { Measurement, Measurements, SignalSource } from '../source.ts';

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

/**
 * The GPU figures of a workload's ready pods, from the exporters of all nodes. A pod's utilization is the mean over its
 * GPUs, its memory what is used of all that its GPUs have; the value is the sum over pods. A pod without GPU series, or
 * with a GPU that lacks the figure, is not heard. One that holds a GPU of which nothing is told counts with what is told of
 * the others, and is not heard: it may raise the sum, and lowers nothing.
 */
export function createExporterGpusSource(
  signals: readonly SignalName[],
  fleet: Pick<ExporterFleet, 'read'>,
  label = 'exporter',
): SignalSource {
  return {
    label,
    signals,
    read: async (workload, deadline) => {
      const pods = readyPods(workload);
      const reading = await orTimeout(fleet.read(pods), deadline, 'the exporters');
      if (reading.asked === 0) return withoutExporter(signals, pods.length, reading);
      if (reading.answered === 0) throw new Error(`no exporter answered: ${listReasons(reading.failures)}`);
      return new Map(signals.map((signal) => [signal, measure(signal, workload, reading)]));
    },
  };
}

/** Nobody was asked: no pod is ready, or none is where an exporter is known to be. */
function withoutExporter(signals: readonly SignalName[], expected: number, { without }: FleetReading): Measurements {
  if (expected > 0 && without.length === 0) throw new Error('there are no exporters to ask');
  const reason = expected === 0 ? 'no ready pods' : listReasons(without);
  return new Map(signals.map((signal) => [signal, { state: 'absent', reason, coverage: { heard: 0, expected } }]));
}

function measure(signal: SignalName, workload: Workload, reading: FleetReading): Measurement {
  const pods = readyPods(workload);
  const parts = pods.map((pod) => readPod(signal, workload.ref.namespace, pod.name, reading)).filter(({ value }) => Number.isFinite(value)); // prettier-ignore
  const heard = parts.filter(({ untold }) => untold === 0);
  const coverage = { heard: heard.length, expected: pods.length };
  if (pods.length === 0) return { state: 'absent', reason: 'no ready pods', coverage };
  if (parts.length === 0) return nobodyHeard(signal, reading, coverage.expected);
  const value = parts.reduce((sum, part) => sum + part.value, 0);
  const remarks = [
    describeUnheard(coverage),
    describeUntold(parts),
    describeFailures(reading),
    listReasons(reading.without),
  ];
  const note = remarks.filter((part) => part !== '').join('; ');
  const byPod = new Map(heard.map((part) => [part.pod, part.value]));
  const measured = { state: 'measured', value, coverage, observedAtMs: reading.observedAtMs, byPod } as const;
  return note === '' ? measured : { ...measured, note };
}

/** One pod's part of the sum. */
interface PodPart {
  readonly pod: string;
  readonly value: number;
  readonly untold: number;
}

function readPod(signal: SignalName, namespace: string, pod: string, { gpus }: FleetReading): PodPart {
  const teller = gpus.find((one) => one.knows(namespace, pod));
  if (!teller) return { pod, value: NaN, untold: 0 };
  const untold = teller.untold(namespace, pod);
  return { pod, value: figures[signal]?.(teller.of(namespace, pod), untold) ?? NaN, untold };
}

/** With an exporter out of reach it can't be told whether the pods have no GPU, so that counts as a failure. */
function nobodyHeard(signal: SignalName, reading: FleetReading, expected: number): Measurement {
  const reason = `no exporter tells ${signal} of these pods`;
  if (reading.failures.length > 0) throw new Error(`${reason}; ${describeFailures(reading)}`);
  return { state: 'absent', reason, coverage: { heard: 0, expected } };
}

function describeUnheard({ heard, expected }: { heard: number; expected: number }): string {
  return heard === expected ? '' : `heard ${heard} of ${expected} pods`;
}

function describeUntold(parts: readonly PodPart[]): string {
  const untold = parts.reduce((sum, part) => sum + part.untold, 0);
  return untold === 0 ? '' : `${untold} of their GPUs can't be told apart, see pilotlight_unattributed_devices`;
}

function describeFailures({ asked, answered, failures }: FleetReading): string {
  if (failures.length === 0) return '';
  return `${asked - answered} of ${asked} exporters did not answer: ${listReasons(failures)}`;
}

function total(gpus: readonly PodGpu[], figure: keyof PodGpu): number {
  return gpus.reduce((sum, gpu) => sum + (gpu[figure] ?? NaN), 0);
}
