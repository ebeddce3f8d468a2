import type { HostReading } from './host.ts';
import type { Metric, MetricText } from './metric-text.ts';

/** The node's own figures; there are no series while they are not known. */
export class HostSeries {
  readonly #cpu: Metric;
  readonly #memoryUsed: Metric;
  readonly #memoryTotal: Metric;

  constructor(text: MetricText) {
    this.#cpu = text.gauge(
      'pilotlight_host_cpu_utilization_ratio',
      'Share of the CPU time of all cores that was used.',
    );
    this.#memoryUsed = text.gauge('pilotlight_host_memory_used_bytes', 'Memory that is neither free nor reclaimable.');
    this.#memoryTotal = text.gauge('pilotlight_host_memory_total_bytes', 'Memory of the host.');
  }

  show(reading: HostReading | undefined): void {
    if (reading) {
      this.#cpu.set('', reading.cpuUtilizationRatio);
      this.#memoryUsed.set('', reading.memoryUsedBytes);
      this.#memoryTotal.set('', reading.memoryTotalBytes);
    } else {
      for (const gauge of [this.#cpu, this.#memoryUsed, this.#memoryTotal]) gauge.clear();
    }
  }
}
