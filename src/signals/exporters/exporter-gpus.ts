import type { SignalName } from '../../domain/signal.ts';
import { readyPods } from '../../domain/workload.ts';
import type { Workload } from '../../domain/workload.ts';
import type { ExporterFleet, FleetReading } from './exporter-fleet.ts';
import { orTimeout } from '../or-timeout.ts';
import { figureOfPods } from './pod-figures.ts';
import { listReasons } from '../reasons.ts';
import type { Measurement, Measurements, SignalSource } from '../source.ts';

/** The GPU figures of a workload's ready pods, from the exporters of all nodes. */
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
  const { value, coverage, remarks, byPod } = figureOfPods(signal, workload, reading.gpus);
  if (coverage.expected === 0) return { state: 'absent', reason: 'no ready pods', coverage };
  if (value === undefined) return nobodyHeard(signal, reading, coverage.expected);
  const all = [...remarks, describeFailures(reading), listReasons(reading.without)];
  const note = all.filter((part) => part !== '').join('; ');
  const measured = { state: 'measured', value, coverage, observedAtMs: reading.observedAtMs, byPod } as const;
  return note === '' ? measured : { ...measured, note };
}

/** With an exporter out of reach it can't be told whether the pods have no GPU, so that counts as a failure. */
function nobodyHeard(signal: SignalName, reading: FleetReading, expected: number): Measurement {
  const reason = `no exporter tells ${signal} of these pods`;
  if (reading.failures.length > 0) throw new Error(`${reason}; ${describeFailures(reading)}`);
  return { state: 'absent', reason, coverage: { heard: 0, expected } };
}

function describeFailures({ asked, answered, failures }: FleetReading): string {
  if (failures.length === 0) return '';
  return `${asked - answered} of ${asked} exporters did not answer: ${listReasons(failures)}`;
}
