import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { HostReading } from './host.ts';

/** The node's own figures; there are no series while they are not known. */
export class HostSeries {
  readonly #cpu: Gauge;
  readonly #memoryUsed: Gauge;
  readonly #memoryTotal: Gauge;

  constructor(registry: Registry) {
    const gauge = (name: string, help: string): Gauge => {
      const made = new Gauge({ name, help, registers: [registry] });
      made.remove();
      return made;
    };
    this.#cpu = gauge('pilotlight_host_cpu_utilization_ratio', 'Share of the CPU time of all cores that was used.');
    this.#memoryUsed = gauge('pilotlight_host_memory_used_bytes', 'Memory that is neither free nor reclaimable.');
    this.#memoryTotal = gauge('pilotlight_host_memory_total_bytes', 'Memory of the host.');
  }

  show(reading: HostReading | undefined): void {
    if (reading) {
      this.#cpu.set(reading.cpuUtilizationRatio);
      this.#memoryUsed.set(reading.memoryUsedBytes);
      this.#memoryTotal.set(reading.memoryTotalBytes);
    } else {
      for (const gauge of [this.#cpu, this.#memoryUsed, this.#memoryTotal]) gauge.remove();
    }
  }
}
