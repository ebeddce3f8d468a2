import { Agent, get } from 'node:http';
import { pause } from '../program.ts';

/** Scrapes one exporter over one connection that is kept, as Prometheus does. */
export class Scraper {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  scrape(): Promise<string> {
    return new Promise((resolve, reject) => {
      const request = get(this.#url, { agent: this.#agent }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve(text));
        response.on('error', reject);
      });
      request.on('error', reject);
    });
  }

  async times(scrapes: number): Promise<void> {
    for (let scrape = 0; scrape < scrapes; scrape += 1) await this.scrape();
  }

  /** Scrapes until what is looked for is there. */
  async until(isThere: (text: string) => boolean, withinMs: number): Promise<void> {
    const end = performance.now() + withinMs;
    while (!isThere(await this.scrape())) {
      if (performance.now() > end) throw new Error(`${this.#url} did not show what was waited for in ${withinMs} ms`);
      await pause(100);
    }
  }

  close(): void {
    this.#agent.destroy();
  }
}
