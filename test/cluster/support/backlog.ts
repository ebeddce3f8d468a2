import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Work that waits, of which none runs, as a page of JSON that the scaler reads through a connection. */
export interface Backlog {
  /** Requests that wait; undefined makes the page fail. */
  waiting: number | undefined;
  /** The connections file's text for it, under the name `backlog`, for every namespace. */
  readonly connections: string;
  close(): Promise<void>;
}

export async function startBacklog(): Promise<Backlog> {
  const server = createServer((_, response) => {
    response.statusCode = backlog.waiting === undefined ? 503 : 200;
    response.end(JSON.stringify({ waiting: backlog.waiting, running: 0 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const backlog: Backlog = {
    waiting: 0,
    connections: JSON.stringify({ connections: { backlog: { type: 'http-json', url, namespaces: ['*'] } } }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return backlog;
}
