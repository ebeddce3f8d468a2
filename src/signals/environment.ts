import type { Clock } from '../domain/clock.ts';
import type { ExporterDirectory } from '../domain/exporter-place.ts';
import type { Connection, Connections } from './connections/connections.ts';
import type { OpenConnection } from './connections/open-connection.ts';
import { Secrets } from './connections/secrets.ts';
import { dcgmDialect } from './exporters/dcgm-dialect.ts';
import { pilotlightDialect } from './exporters/dialect.ts';
import type { FindAccess } from './exporters/exporter-access.ts';
import type { ExporterDialect } from './exporters/dialect.ts';
import { ExporterFleet } from './exporters/exporter-fleet.ts';
import { createHttpTextClient } from './http/http-text.ts';
import type { HttpTextClient } from './http/http-text.ts';
import { openConnection } from './kinds/kinds.ts';
import type { Scraper } from './scrape/scraper.ts';
import { ThreadedScraper } from './scrape/threaded-scraper.ts';

/** The exporters' share of the read timeout, so that those that answered are not lost to one that hangs. */
const exporterTimeoutShare = 0.6;
/** How much of a read interval a reading of the exporters is shared for: ScaledObjects are read all over it. */
const exporterAgeShare = 0.9;

export interface SignalEnvironmentOptions {
  readonly connections: Connections;
  /** Base URLs of exporters. */
  readonly exporters: readonly string[];
  /** Where the exporters of nodes are, where that is known. */
  readonly exporterDirectory?: ExporterDirectory;
  /** What opens them, where they do not let everybody in. */
  readonly exporterAccess?: FindAccess;
  /** The same for dcgm-exporters, which let everybody in. */
  readonly dcgmExporters?: readonly string[];
  readonly dcgmDirectory?: ExporterDirectory;
  readonly clock: Clock;
  readonly readIntervalMs: number;
  readonly readTimeoutMs: number;
}

/** What all ScaledObjects' sources share: connections to the outside, each of which exists once. */
export interface SignalEnvironment {
  readonly clock: Clock;
  readonly connections: Connections;
  readonly fleet: ExporterFleet;
  readonly dcgmFleet: ExporterFleet;
  readonly http: HttpTextClient;
  /** Reads engine pods. */
  readonly scraper: Scraper;
  /** The one connection of that name in use. */
  open(connection: Connection): OpenConnection;
  /** Closes all connections; what is read at that moment fails. */
  close(): void;
}

/** Opens nothing yet: connections are made when they are first needed. Throws on an exporter that is not an http URL. */
export function createSignalEnvironment(options: SignalEnvironmentOptions): SignalEnvironment {
  const { connections, clock } = options;
  const http = createHttpTextClient();
  const scraper = new ThreadedScraper(clock);
  const open = new Map<Connection, OpenConnection>();
  const { exporters, exporterDirectory, dcgmExporters = [], dcgmDirectory } = options;
  const fleetOf = (
    dialect: ExporterDialect,
    targets: readonly string[],
    directory?: ExporterDirectory,
    access?: FindAccess,
  ) =>
    new ExporterFleet({
      targets,
      ...(directory && { directory }),
      ...(access && { access }),
      dialect,
      http,
      clock,
      timeoutMs: options.readTimeoutMs * exporterTimeoutShare,
      maxAgeMs: options.readIntervalMs * exporterAgeShare,
    });
  return {
    clock,
    connections,
    fleet: fleetOf(pilotlightDialect, exporters, exporterDirectory, options.exporterAccess),
    dcgmFleet: fleetOf(dcgmDialect, dcgmExporters, dcgmDirectory),
    http,
    scraper,
    open: (connection) => {
      const known = open.get(connection) ?? openConnection(connection, { http, clock, secrets: new Secrets() });
      open.set(connection, known);
      return known;
    },
    close: () => {
      http.close();
      scraper.close();
      for (const connection of open.values()) connection.close();
    },
  };
}
