import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import type { RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exporterOptions } from '../../src/exporter/options.ts';
import { openProtection } from '../../src/exporter/protection.ts';
import type { OpenProtection } from '../../src/exporter/protection.ts';
import { readOptions } from '../../src/program/options.ts';
import { startExporter } from '../../src/exporter/app.ts';
import { serveHttp, textAnswer } from '../../src/telemetry/http-server.ts';
import type { HttpServer } from '../../src/telemetry/http-server.ts';
import { authority, client, serverA, stranger } from '../support/certificates.ts';
import { recordingLogger } from '../support/recording-logger.ts';

interface Seen {
  readonly status: number | undefined;
  readonly body: string;
  readonly name: string;
}

describe("the exporter's protection", () => {
  let folder: string;
  let protection: OpenProtection;
  let server: HttpServer;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pilotlight-protection-'));
  });
  afterEach(async () => {
    protection.close();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  async function start({ clientCa = '', token = '' }): Promise<void> {
    const tlsClientCa = clientCa === '' ? '' : write('ca.crt', clientCa);
    const tokenFile = token === '' ? '' : write('token', token);
    const options = {
      tlsCert: write('tls.crt', serverA.cert),
      tlsKey: write('tls.key', serverA.key),
      tlsClientCa,
      tokenFile,
    };
    protection = await openProtection(options, recordingLogger().logger);
    const routes = { '/metrics': () => textAnswer(200, 'metrics'), '/healthz': () => textAnswer(200, 'ok') };
    server = await serveHttp(routes, { host: '127.0.0.1', port: 0 }, protection);
  }

  function get(path: string, options: RequestOptions = {}): Promise<Seen> {
    return new Promise((resolve, reject) => {
      const asked = request(
        { host: '127.0.0.1', port: server.port, path, ca: authority, agent: false, ...options },
        (response) => {
          const name =
            response.socket instanceof TLSSocket ? String(response.socket.getPeerCertificate().subject.CN) : '';
          let body = '';
          response.on('data', (chunk: Buffer) => (body += chunk.toString()));
          response.on('end', () => resolve({ status: response.statusCode, body, name }));
        },
      );
      asked.on('error', reject);
      asked.end();
    });
  }

  it('serves over TLS, to anyone where nothing else is asked for', async () => {
    await start({});
    expect(await get('/metrics')).toEqual({ status: 200, body: 'metrics\n', name: 'server-a' });
  });

  it('shows metrics only to clients of the authorities, and the probes to all', async () => {
    await start({ clientCa: authority });
    const refused = { status: 403, body: 'show a certificate of the authorities in --tls-client-ca\n' };
    expect(await get('/metrics', { ...client })).toMatchObject({ status: 200 });
    expect(await get('/metrics')).toMatchObject(refused);
    expect(await get('/metrics', { ...stranger })).toMatchObject(refused);
    expect(await get('/healthz')).toMatchObject({ status: 200 });
  });

  it('shows metrics only for the token, which may be replaced, and never says it', async () => {
    await start({ token: 'swordfish\n' });
    const sent = (token: string): RequestOptions => ({ headers: { authorization: `Bearer ${token}` } });
    const refused = { status: 401, body: 'send the token in --token-file as "Authorization: Bearer TOKEN"\n' };
    expect(await get('/metrics', sent('swordfish'))).toMatchObject({ status: 200 });
    expect(await get('/metrics', sent('tuna'))).toMatchObject(refused);
    expect(await get('/metrics')).toMatchObject(refused);
    expect(await get('/healthz')).toMatchObject({ status: 200 });
    write('token', 'tuna');
    expect(await get('/metrics', sent('tuna'))).toMatchObject({ status: 200 });
    expect(await get('/metrics', sent('swordfish'))).toMatchObject(refused);
    rmSync(join(folder, 'token'));
    const lost = await get('/metrics', sent('tuna'));
    expect(lost).toMatchObject({ status: 503 });
    expect(lost.body).toMatch(/^--token-file ".*token" can't be read: there is no such file\n$/);
  });
});

describe('startExporter', () => {
  it.each([
    [['--tls-cert', 'a.pem'], /^--tls-cert and --tls-key go together; give both or neither$/],
    [['--tls-client-ca', 'a.pem'], /^--tls-client-ca needs --tls-cert and --tls-key beside it$/],
    [['--token-file', '/nowhere/token'], /^--token-file "\/nowhere\/token" can't be read: there is no such file$/],
  ])('refuses %j', async (args, said) => {
    const options = readOptions(exporterOptions, [...args, '--log-level', 'silent', '--port', '0'], {});
    await expect(startExporter(options)).rejects.toThrow(said);
  });
});
