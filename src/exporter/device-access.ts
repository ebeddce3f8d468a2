import type { ReaderEvent } from '../gpu/reader.ts';

/** Fewer could be a driver that is being replaced. */
const mostFailures = 3;

/**
 * Watches for the one state of the driver that only a new container mends: the container runtime took the container's right to
 * open the GPUs (systemd's daemon-reload does that), while the driver works. A container that never could is not restarted
 * for it, for that would go on for ever.
 */
export class DeviceAccess {
  #worked = false;
  #failures = 0;

  takeReading(event: ReaderEvent): void {
    if (event.kind === 'sample') {
      this.#worked = true;
      this.#failures = 0;
    }
    if (event.kind === 'failure') this.#failures = event.accessDenied ? this.#failures + 1 : 0;
  }

  get isLost(): boolean {
    return this.#worked && this.#failures >= mostFailures;
  }
}
