import { WantedNames } from '../exposition/wanted-names.ts';
import { createHttpTextClient } from '../http/http-text.ts';
import { LineFilter } from './line-filter.ts';
import type { ScrapeAnswer, ScrapeRequest, Scraper } from './scraper.ts';

/** Reads pods in the thread that asks, over connections that are kept for the next time. */
export class DirectScraper implements Scraper {
  readonly #http = createHttpTextClient();

  async read({ host, path, names }: ScrapeRequest, deadline: AbortSignal): Promise<ScrapeAnswer> {
    const wanted = WantedNames.shared(names);
    return this.#http.read({ url: urlOf(host, path), deadline }, (contentType) => {
      const lines = new LineFilter(wanted);
      return { write: (bytes) => lines.write(bytes), end: () => ({ text: lines.end(), contentType }) };
    });
  }

  close(): void {
    this.#http.close();
  }
}

/** The path is set apart from the host, so that no path can lead to another host. */
function urlOf(host: string, path: string): URL {
  const url = URL.parse(`http://${host}`);
  if (url?.pathname !== '/') throw new Error(`${host} is no address with a port`);
  url.pathname = path;
  return url;
}
