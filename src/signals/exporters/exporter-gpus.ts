import type { SignalName } from '../../domain/signal.ts';
import { readyPods } from '../../domain/workload.ts';
import type { Workload } from '../../domain/workload.ts';
import type { ExporterFleet, FleetReading } from './exporter-fleet.ts';
import { orTimeout } from '../or-timeout.ts';
import type { PodGpu } from './pod-gpus.ts';
import { listReasons } from '../reasons.ts';
import type { Measurement, SignalSource } from '../source.ts';

/** What a pod's GPUs say of one signal; NaN when one of them does not say. */
const figures: Readonly<Partial<Record<SignalName, (gpus: readonly PodGpu[]) => number>>> = {
  gpuUtilization: (gpus) => total(gpus, 'utilizationRatio') / gpus.length,
  gpuMemory: (gpus) => total(gpus, 'memoryUsedBytes') / total(gpus, 'memoryTotalBytes'),
};

/** The signals that exporters tell. */
export const exporterSignals = Object.keys(figures) as readonly SignalName[];

/**
 * The GPU figures of a workload's ready pods, from the exporters of all nodes. A pod's utilization is the mean over its
 * GPUs, its memory what is used of all that its GPUs have; the value is the sum over pods. A pod without GPU series, or
 * with a GPU that lacks the figure, is not heard.
 */
export function createExporterGpusSource(signals: readonly SignalName[], fleet: ExporterFleet): SignalSource {
  return {
    label: 'exporter',
    signals,
    read: async (workload, deadline) => {
      const reading = await orTimeout(fleet.read(), deadline, 'the exporters');
      if (reading.asked === 0) throw new Error('there are no exporters to ask');
      if (reading.answered === 0) throw new Error(`no exporter answered: ${listReasons(reading.failures)}`);
      return new Map(signals.map((signal) => [signal, measure(signal, workload, reading)]));
    },
  };
}

function measure(signal: SignalName, workload: Workload, reading: FleetReading): Measurement {
  const pods = readyPods(workload);
  const values = pods
    .map((pod) => figures[signal]?.(reading.gpus.of(workload.ref.namespace, pod.name)) ?? NaN)
    .filter((value) => Number.isFinite(value));
  const coverage = { heard: values.length, expected: pods.length };
  if (pods.length === 0) return { state: 'absent', reason: 'no ready pods', coverage };
  if (values.length === 0) return nobodyHeard(signal, reading, coverage.expected);
  const value = values.reduce((sum, part) => sum + part, 0);
  const note = [describeUnheard(coverage), describeFailures(reading)].filter((part) => part !== '').join('; ');
  const measured = { state: 'measured', value, coverage, observedAtMs: reading.observedAtMs } as const;
  return note === '' ? measured : { ...measured, note };
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

function describeFailures({ asked, answered, failures }: FleetReading): string {
  if (failures.length === 0) return '';
  return `${asked - answered} of ${asked} exporters did not answer: ${listReasons(failures)}`;
}

function total(gpus: readonly PodGpu[], figure: keyof PodGpu): number {
  return gpus.reduce((sum, gpu) => sum + (gpu[figure] ?? NaN), 0);
}
