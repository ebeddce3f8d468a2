import { isIP } from 'node:net';
import type { HttpText, HttpTextClient, HttpTextRequest } from '../http/http-text.ts';
import { cut } from '../reasons.ts';
import type { Secrets } from './secrets.ts';
import type { HttpSettings } from './settings-parts.ts';
import { readTlsFiles } from './tls-files.ts';

/** What is asked below a connection's URL. */
export interface HttpQuestion extends Pick<HttpTextRequest, 'deadline' | 'form'> {
  /** Begins with a slash; put behind the path of the URL. */
  readonly path: string;
  readonly search?: URLSearchParams;
  /** One address of the host, where each is asked by itself. */
  readonly address?: string;
}

/** Asks the server of one connection over HTTP, with its credentials and certificates as they are in their files by then. */
export class HttpAccess {
  readonly #settings: HttpSettings;
  readonly #http: HttpTextClient;
  readonly #secrets: Secrets;

  constructor(settings: HttpSettings, http: HttpTextClient, secrets: Secrets) {
    this.#settings = settings;
    this.#http = http;
    this.#secrets = secrets;
  }

  /** What the server is called in reasons. */
  get host(): string {
    return this.#settings.url.host;
  }

  /** Any answer but a redirect and a refusal of the credentials; for those it rejects, with what to do about it. */
  async ask({ path, search, address, ...rest }: HttpQuestion): Promise<HttpText> {
    const url = new URL(this.#settings.url);
    url.pathname = `${url.pathname.replace(/\/$/, '')}${path}`;
    if (search !== undefined) url.search = search.toString();
    const named = address === undefined || isAddress(url) ? {} : { servername: url.hostname };
    const headers = { ...(address === undefined ? {} : { host: url.host }), ...(await this.#headers()) };
    if (address !== undefined) url.hostname = address.includes(':') ? `[${address}]` : address;
    const tls = url.protocol === 'https:' ? { ...named, ...(await readTlsFiles(this.#settings, this.#secrets)) } : {};
    const answer = await this.#http.ask({ url, headers, tls, ...rest });
    this.#checkStatus(url.host, answer);
    return answer;
  }

  /** The text of a 200; rejects for any other status. */
  async text(question: HttpQuestion): Promise<string> {
    const { body } = await this.page(question);
    return body;
  }

  /** Like `text`, with what the text is said to be. */
  async page(question: HttpQuestion): Promise<HttpText> {
    const answer = await this.ask(question);
    if (answer.status !== 200) throw new Error(`${this.host} answered ${answer.status}`);
    return answer;
  }

  async #headers(): Promise<Record<string, string>> {
    const { bearerTokenFile, username, passwordFile, headers } = this.#settings;
    if (bearerTokenFile !== undefined) {
      return { ...headers, authorization: `Bearer ${await this.#secrets.line('bearerTokenFile', bearerTokenFile)}` };
    }
    if (username === undefined || passwordFile === undefined) return { ...headers };
    const credentials = `${username}:${await this.#secrets.line('passwordFile', passwordFile)}`;
    const encoded = Buffer.from(credentials).toString('base64');
    this.#secrets.keep('basic', encoded);
    return { ...headers, authorization: `Basic ${encoded}` };
  }

  #checkStatus(host: string, { status, location }: HttpText): void {
    if (status === 401)
      throw new Error(`${host} answered 401: it does not know these credentials; ${this.#describeFiles()}`);
    if (status === 403) throw new Error(`${host} answered 403: these credentials may not ask this; allow it there, or ${this.#describeFiles()}`); // prettier-ignore
    if (status < 300 || status >= 400) return;
    const to = location === undefined ? '' : ` to ${cut(URL.parse(location, `http://${host}`)?.host ?? 'somewhere')}`;
    throw new Error(
      `${host} answered ${status}, a redirect${to}; redirects are not followed, so write the final address`,
    );
  }

  #describeFiles(): string {
    const { bearerTokenFile, username } = this.#settings;
    if (bearerTokenFile !== undefined) return 'check what is in bearerTokenFile';
    return username === undefined
      ? 'give bearerTokenFile, or username and passwordFile'
      : 'check username and passwordFile';
  }
}

/** Of an address there is no name to ask for in TLS. */
function isAddress({ hostname }: URL): boolean {
  return isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
}
