import type { Exposition } from '../../src/exporter/exposition.ts';

/** What a scrape gets. */
export function scrapeOf(exposition: Exposition): string {
  return Buffer.concat(exposition.chunks()).toString();
}
