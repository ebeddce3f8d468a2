import { request } from 'node:https';
import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';

/** An API server's answer that is no success. */
class KubeHttpError extends Error {
  override readonly name = 'KubeHttpError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Reads and writes objects of an API server, as plain JSON and by their paths, with all that a kubeconfig may say. */
export class KubeHttp {
  readonly config = new KubeConfig();

  constructor(kubeconfig: string) {
    this.config.loadFromFile(kubeconfig);
  }

  /** The document at `path`; it is the caller's word that it is a `T`. */
  get<T>(path: string): Promise<T> {
    return this.#ask<T>('GET', path);
  }

  /** Creates an object in the collection at `path`; answers it as the server has it. */
  create<T = unknown>(path: string, object: object): Promise<T> {
    return this.#ask<T>('POST', path, object);
  }

  /** Changes the object at `path` by a JSON merge patch. */
  async change(path: string, patch: object): Promise<void> {
    await this.#ask('PATCH', path, patch);
  }

  async remove(path: string, options: object = {}): Promise<void> {
    await this.#ask('DELETE', path, options);
  }

  /** Rejects with KubeHttpError where the server refuses, and with the network's error where there is no answer. */
  async #ask<T>(method: string, path: string, body?: object): Promise<T> {
    const options: RequestOptions = { method };
    await this.config.applyToHTTPSOptions(options);
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const text = body && JSON.stringify(body);
    // Node tells the length of a body by itself, but not with DELETE.
    const length = text === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(text) };
    const headers = { ...(options.headers as Record<string, string> | undefined), ...length };
    const url = new URL((this.config.getCurrentCluster()?.server ?? '').replace(/\/$/, '') + path);
    const { status, answer } = await send(url, { ...options, headers }, text);
    if (status < 200 || status > 299)
      throw new KubeHttpError(status, `${method} ${path}: ${status} ${answer.slice(0, 500)}`);
    return JSON.parse(answer) as T;
  }
}

function send(
  url: URL,
  options: RequestOptions,
  body: string | undefined,
): Promise<{ status: number; answer: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, options, (response) => {
      let answer = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
      response.on('error', reject).on('end', () => resolve({ status: response.statusCode ?? 0, answer }));
    });
    asked.on('error', reject).end(body);
  });
}
