import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Clock, EpochMs } from '../../domain/clock.ts';
import { describeNetworkError } from '../network/network-error.ts';
import { cut } from '../reasons.ts';

/** How long the addresses of a name are believed: a new node's exporter is read after so long at the latest. */
const addressAgeMs = 30_000;

/** All addresses of a host name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export interface ExporterUrls {
  readonly urls: readonly URL[];
  /** Names that could not be resolved, in words. */
  readonly failures: readonly string[];
}

/** Finds where exporters are: each target's name is resolved to all its addresses, now and then. */
export class ExporterTargets {
  readonly #targets: readonly URL[];
  readonly #clock: Clock;
  readonly #resolve: Resolve;
  readonly #known = new Map<string, { addresses: readonly string[]; atMs: EpochMs }>();

  /**
   * @param targets base URLs, `http://pilotlight-exporter.pilotlight:9400`; a headless Service stands for all its pods.
   * Throws on one that is not such a URL.
   */
  constructor(targets: readonly string[], clock: Clock, resolve: Resolve = resolveByDns) {
    this.#targets = targets.map(parseTarget);
    this.#clock = clock;
    this.#resolve = resolve;
  }

  async urls(): Promise<ExporterUrls> {
    const failures: string[] = [];
    const found = await Promise.all(
      this.#targets.map((target) =>
        this.#urlsOf(target).catch((error: unknown) => {
          failures.push(describeNetworkError(target.host, error).message);
          return [];
        }),
      ),
    );
    const unique = new Map(found.flat().map((url) => [url.href, url]));
    return { urls: [...unique.values()], failures };
  }

  async #urlsOf(target: URL): Promise<URL[]> {
    const addresses = await this.#addressesOf(target.hostname);
    return addresses.map((address) => {
      const url = new URL(target);
      url.hostname = isIP(address) === 6 ? `[${address}]` : address;
      return url;
    });
  }

  /** What is known is kept while the name server fails. */
  async #addressesOf(host: string): Promise<readonly string[]> {
    if (isIP(host.replace(/^\[|\]$/g, '')) !== 0) return [host];
    const known = this.#known.get(host);
    const nowMs = this.#clock.nowMs();
    // Of a clock that was set back the age can't be told.
    if (known && nowMs >= known.atMs && nowMs - known.atMs < addressAgeMs) return known.addresses;
    try {
      const addresses = await this.#resolve(host);
      this.#known.set(host, { addresses, atMs: nowMs });
      return addresses;
    } catch (error) {
      if (known) return known.addresses;
      throw error;
    }
  }
}

function parseTarget(target: string): URL {
  const url = URL.parse(target);
  if (target.includes('@')) throw new Error('the URL of an exporter must not hold a user or a password');
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new Error(`"${cut(target)}" is no exporter; write a URL such as http://pilotlight-exporter.pilotlight:9400`);
  }
  // Who copies the address out of a browser has the page's name at its end already.
  url.pathname = url.pathname.replace(/(\/metrics)?\/?$/, '/metrics');
  return url;
}

/** Where there are addresses of both families they lead to the same exporters, which listen on IPv4 unless told otherwise. */
async function resolveByDns(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true });
  const ipv4 = found.filter(({ family }) => family === 4);
  return (ipv4.length > 0 ? ipv4 : found).map(({ address }) => address);
}
