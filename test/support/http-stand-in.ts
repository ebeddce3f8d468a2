import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { FaultyServer } from './faulty-server.ts';

/** A request as a stand-in saw it. */
interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly remotePort: number;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: string;
}

/** An HTTP server whose answer a test sets by hand, on a connection that misbehaves when told to. */
export interface HttpStandIn {
  readonly server: FaultyServer;
  readonly seen: SeenRequest[];
  answer: (request: SeenRequest) => Answer | Promise<Answer>;
  readonly url: string;
}

export async function startHttpStandIn(answer: Answer | HttpStandIn['answer']): Promise<HttpStandIn> {
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const seen = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString(), remotePort: request.socket.remotePort ?? 0 }; // prettier-ignore
      standIn.seen.push(seen);
      void Promise.resolve(standIn.answer(seen)).then(({ status = 200, headers = {}, body }) => {
        response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end(body);
      });
    });
  });
  const server = await FaultyServer.start((socket) => http.emit('connection', socket));
  const standIn: HttpStandIn = {
    server,
    seen: [],
    answer: typeof answer === 'function' ? answer : () => answer,
    get url() {
      return `http://${server.host}`;
    },
  };
  return standIn;
}
