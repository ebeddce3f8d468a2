export interface ScrapeRequest {
  /** `host:port`, IPv6 in brackets. */
  readonly host: string;
  /** `/metrics`; whatever it holds, it leads to no other host. */
  readonly path: string;
  /** Names of the wanted metrics. */
  readonly names: readonly string[];
}

export interface ScrapeAnswer {
  /**
   * The lines of the wanted metrics, as Latin-1 in which the bytes of UTF-8 stand: whoever reads them with
   * ExpositionReader reads what the whole answer says of these metrics.
   */
  readonly text: string;
  /** As the server states it. */
  readonly contentType?: string | undefined;
}

/** Fetches what pods show in Prometheus' format, over plain HTTP. */
export interface Scraper {
  /** Rejects with the host and what went wrong, and when `deadline` is aborted. */
  read(request: ScrapeRequest, deadline: AbortSignal): Promise<ScrapeAnswer>;
  /** Breaks off what is under way and closes all connections. */
  close(): void;
}
