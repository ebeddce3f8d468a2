import type { Logger } from '../telemetry/logger.ts';

/** Logs that something stopped working, why, and that it works again; once each, not at every try. */
export class OutageLog {
  readonly #logger: Logger;
  #reason: string | undefined;

  constructor(logger: Logger, component: string) {
    this.#logger = logger.child({ component });
  }

  failed(reason: string): void {
    if (this.#reason !== reason) this.#logger.warn({ reason }, 'collecting fails');
    this.#reason = reason;
  }

  worked(): void {
    if (this.#reason !== undefined) this.#logger.info('collecting works again');
    this.#reason = undefined;
  }
}
