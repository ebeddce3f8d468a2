import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PortError } from '../../src/domain/port-error.ts';
import { jsonAnswer, serveHttp, textAnswer } from '../../src/telemetry/http-server.ts';
import type { HttpRoute } from '../../src/telemetry/http-server.ts';

async function serve(
  routes: Readonly<Record<string, HttpRoute>>,
): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const server = await serveHttp(routes, { host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  return (path, init) => fetch(`http://127.0.0.1:${server.port}${path}`, init);
}

const routes = {
  '/': () => textAnswer(200, 'root'),
  '/metrics': async () => ({ status: 200, contentType: 'text/plain; version=0.0.4', body: 'up 1\n' }),
  '/api/decisions': () => jsonAnswer(200, { all: true }),
  '/api/decisions/': (match: string) => jsonAnswer(200, { match }),
  '/broken': () => {
    throw new Error('no disk');
  },
  '/rejected': () => Promise.reject(new Error('no net')),
};

describe('serveHttp', () => {
  it('answers a path with its route, type and length', async () => {
    const get = await serve(routes);
    const response = await get('/metrics?name=x');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4');
    expect(response.headers.get('content-length')).toBe('5');
    expect(await response.text()).toBe('up 1\n');
  });

  it('hands over what follows a route that ends in a slash, and keeps the path without it apart', async () => {
    const get = await serve(routes);
    expect(await (await get('/api/decisions/ns/name')).json()).toEqual({ match: 'ns/name' });
    expect(await (await get('/api/decisions')).json()).toEqual({ all: true });
  });

  it('serves / by that very name only', async () => {
    const get = await serve(routes);
    expect(await (await get('/')).text()).toBe('root\n');
    expect((await get('/other')).status).toBe(404);
  });

  it('says what is served where a path is not, and quotes it cut', async () => {
    const get = await serve(routes);
    const response = await get(`/${'x'.repeat(500)}`);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe(
      `nothing at /${'x'.repeat(79)}; served here: ${Object.keys(routes).join(' ')}\n`,
    );
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('refuses %s', async (method) => {
    const get = await serve(routes);
    const response = await get('/metrics', { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
  });

  it('answers HEAD with the length and no body', async () => {
    const get = await serve(routes);
    const response = await get('/metrics', { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe('5');
    expect(await response.text()).toBe('');
  });

  it.each([
    ['/broken', 'no disk\n'],
    ['/rejected', 'no net\n'],
  ])('answers 500 with the reason where %s fails, and lives on', async (path, reason) => {
    const get = await serve(routes);
    const response = await get(path);
    expect(response.status).toBe(500);
    expect(await response.text()).toBe(reason);
    expect((await get('/metrics')).status).toBe(200);
  });

  it('counts bytes, not letters', async () => {
    const get = await serve({ '/': () => textAnswer(200, 'Grüße') });
    expect((await get('/')).headers.get('content-length')).toBe('8');
  });

  it('survives what is no HTTP, and a client that leaves in the middle', async () => {
    const server = await serveHttp(routes, { host: '127.0.0.1', port: 0 });
    onTestFinished(() => server.close());
    for (const bytes of ['\x00\x01garbage\r\n\r\n', 'GET /metrics HTT']) {
      await new Promise<void>((resolve) => {
        const socket = connect(server.port, '127.0.0.1', () => {
          socket.write(bytes);
          setImmediate(() => socket.destroy());
        });
        socket.on('close', () => resolve()).on('error', () => undefined);
      });
    }
    expect((await fetch(`http://127.0.0.1:${server.port}/metrics`)).status).toBe(200);
  });

  it('says that a port is taken', async () => {
    const first = await serveHttp(routes, { host: '127.0.0.1', port: 0 });
    onTestFinished(() => first.close());
    await expect(serveHttp(routes, { host: '127.0.0.1', port: first.port })).rejects.toThrow(
      new PortError(`port ${first.port} on 127.0.0.1: it is in use already; choose another, see --help (EADDRINUSE)`),
    );
  });

  it('closes though a client keeps its connection', async () => {
    const server = await serveHttp(routes, { host: '127.0.0.1', port: 0 });
    const socket = connect(server.port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const gone = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    await server.close();
    await gone;
  });
});
