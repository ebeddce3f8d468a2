export interface ScrapeRequest {
  /** `host:port`, IPv6 in brackets. */
  readonly host: string;
  /** As it stands in a URL: `/metrics`. */
  readonly path: string;
  /** Names of the wanted metrics. */
  readonly names: readonly string[];
}

/** Fetches what pods show in Prometheus' format, over plain HTTP. */
export interface Scraper {
  /**
   * The lines of the wanted metrics, as Latin-1 in which the bytes of UTF-8 stand: whoever reads them with
   * ExpositionReader reads what the whole answer says of these metrics. Rejects with the host and what went wrong, and
   * when `deadline` is aborted.
   */
  read(request: ScrapeRequest, deadline: AbortSignal): Promise<string>;
  /** Breaks off what is under way and closes all connections. */
  close(): void;
}
