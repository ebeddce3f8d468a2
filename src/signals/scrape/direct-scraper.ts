import { WantedNames } from '../exposition/wanted-names.ts';
import { describeNetworkError } from '../network/network-error.ts';
import { AnswerError } from './answer-error.ts';
import { Connection } from './connection.ts';
import { HttpAnswer } from './http-answer.ts';
import { LineFilter } from './line-filter.ts';
import type { ScrapeAnswer, ScrapeRequest, Scraper } from './scraper.ts';

/** Connections that nobody used for so long are closed: most belong to pods that are gone. */
const idleConnectionMs = 60_000;
/** Whoever is asked beyond these is connected to anew each time: thousands of pods would hold some 10 kB each. */
const mostKept = 1_000;

/** Reads pods in the thread that asks. Keeps one connection for each pod, for the next time. */
export class DirectScraper implements Scraper {
  readonly #kept = new Map<string, Connection>();
  readonly #open = new Set<Connection>();
  readonly #wanted = new Map<string, WantedNames>();

  async read(request: ScrapeRequest, deadline: AbortSignal): Promise<ScrapeAnswer> {
    const { host } = request;
    const kept = this.#kept.get(host);
    this.#kept.delete(host);
    try {
      if (deadline.aborted) throw new AnswerError('did not answer in time');
      return (kept && (await this.#readKept(kept, request, deadline))) ?? (await this.#readNew(request, deadline));
    } catch (error) {
      if (deadline.aborted) throw new Error(`${host} did not answer in time`, { cause: error });
      throw error instanceof AnswerError ? new Error(`${host} ${error.message}`, { cause: error }) : describeNetworkError(host, error); // prettier-ignore
    }
  }

  close(): void {
    for (const connection of this.#open) connection.close();
  }

  /**
   * A server may close a kept connection at the very moment it is used again, which says nothing of the server's health;
   * so where it ends before anything came, the answer is undefined.
   */
  async #readKept(kept: Connection, request: ScrapeRequest, deadline: AbortSignal): Promise<ScrapeAnswer | undefined> {
    const attempt = this.#attempt(kept, request, deadline);
    try {
      return await attempt.read;
    } catch (error) {
      if (deadline.aborted || attempt.answer.hasBegun) throw error;
      return undefined;
    }
  }

  #readNew(request: ScrapeRequest, deadline: AbortSignal): Promise<ScrapeAnswer> {
    const connection: Connection = new Connection(request.host, () => {
      this.#open.delete(connection);
      if (this.#kept.get(request.host) === connection) this.#kept.delete(request.host);
    });
    this.#open.add(connection);
    return this.#attempt(connection, request, deadline).read;
  }

  #attempt(
    connection: Connection,
    { host, path, names }: ScrapeRequest,
    deadline: AbortSignal,
  ): { readonly answer: HttpAnswer; readonly read: Promise<ScrapeAnswer> } {
    const filter = new LineFilter(this.#wantedNames(names));
    const answer = new HttpAnswer(filter);
    const onAbort = (): void => connection.close();
    const asked = new Promise<void>((resolve, reject) => {
      deadline.addEventListener('abort', onAbort);
      connection.ask(requestText(host, path), answer, (error) => {
        deadline.removeEventListener('abort', onAbort);
        if (answer.keepsConnection) this.#keep(host, connection);
        else connection.close();
        if (error === undefined) resolve();
        else reject(error);
      });
    });
    return { answer, read: asked.then(() => ({ text: filter.end(), contentType: answer.contentType })) };
  }

  #keep(host: string, connection: Connection): void {
    if (this.#kept.size >= mostKept || this.#kept.has(host)) {
      connection.close();
      return;
    }
    this.#kept.set(host, connection);
    connection.rest(idleConnectionMs);
  }

  /** The same for all pods of all workloads that ask for the same metrics, of which there are few. */
  #wantedNames(names: readonly string[]): WantedNames {
    const key = names.join(' ');
    const wanted = this.#wanted.get(key) ?? new WantedNames(names);
    this.#wanted.set(key, wanted);
    return wanted;
  }
}

function requestText(host: string, path: string): string {
  return `GET ${path} HTTP/1.1\r\nhost: ${host}\r\naccept: */*\r\naccept-encoding: identity\r\n\r\n`;
}
