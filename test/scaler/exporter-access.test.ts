import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openProtection } from '../../src/exporter/protection.ts';
import { readOptions } from '../../src/program/options.ts';
import { systemClock } from '../../src/program/system-clock.ts';
import { openExporterAccess } from '../../src/scaler/exporter-access.ts';
import { scalerOptions } from '../../src/scaler/options.ts';
import { pilotlightDialect } from '../../src/signals/exporters/dialect.ts';
import { ExporterFleet } from '../../src/signals/exporters/exporter-fleet.ts';
import { createHttpTextClient } from '../../src/signals/http/http-text.ts';
import { serveHttp, textAnswer } from '../../src/telemetry/http-server.ts';
import { authority, client, otherAuthority, serverA } from '../support/certificates.ts';
import { recordingLogger } from '../support/recording-logger.ts';

const { logger } = recordingLogger();

/** The exporter's own server, read as the scaler reads it. */
describe("the scaler's access to exporters", () => {
  let folder: string;
  const endings: (() => unknown)[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pilotlight-access-'));
  });
  afterEach(async () => {
    for (const end of endings.splice(0)) await end();
    rmSync(folder, { recursive: true });
  });

  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  async function startExporter(): Promise<number> {
    const protection = await openProtection(
      {
        tlsCert: write('server.crt', serverA.cert),
        tlsKey: write('server.key', serverA.key),
        tlsClientCa: write('clients.crt', authority),
        tokenFile: write('server-token', 'swordfish'),
      },
      logger,
    );
    const route = (): ReturnType<typeof textAnswer> =>
      textAnswer(200, 'pilotlight_pod_gpu_devices{namespace="a",pod="b"} 1');
    const server = await serveHttp({ '/metrics': route }, { host: '127.0.0.1', port: 0 }, protection);
    endings.push(
      () => server.close(),
      () => protection.close(),
    );
    return server.port;
  }

  async function read(
    port: number,
    args: readonly string[],
  ): Promise<{ answered: number; failures: readonly string[] }> {
    const access = await openExporterAccess(readOptions(scalerOptions, args, {}), logger);
    const http = createHttpTextClient();
    endings.push(
      () => access.close(),
      () => http.close(),
    );
    const targets = [`https://127.0.0.1:${port}`];
    const fleet = new ExporterFleet({ targets, dialect: pilotlightDialect, http, access: access.find, clock: systemClock, timeoutMs: 5_000, maxAgeMs: 0 }); // prettier-ignore
    const { answered, failures } = await fleet.read([]);
    return { answered, failures };
  }

  const asClient = (): string[] => ['--exporter-cert', write('client.crt', client.cert), '--exporter-key', write('client.key', client.key)]; // prettier-ignore
  const trusting = (pem = authority): string[] => ['--exporter-ca', write('ca.crt', pem)];
  const withToken = (token = 'swordfish'): string[] => ['--exporter-token-file', write('token', `${token}\n`)];

  it('reads with a certificate that they know, and the token that they want', async () => {
    const port = await startExporter();
    expect(await read(port, [...trusting(), ...asClient(), ...withToken()])).toEqual({ answered: 1, failures: [] });
    const named = ['--exporter-server-name', 'pilotlight-exporter'];
    expect(await read(port, [...trusting(), ...asClient(), ...withToken(), ...named])).toMatchObject({ answered: 1 });
  });

  it('says what it lacks, and no secret', async () => {
    const port = await startExporter();
    const host = `127.0.0.1:${port}`;
    const failing = async (args: string[]): Promise<readonly string[]> => (await read(port, args)).failures;
    expect(await failing([...trusting(), ...asClient()])).toEqual([`${host} answered 401`]);
    expect(await failing([...trusting(), ...asClient(), ...withToken('tuna')])).toEqual([`${host} answered 401`]);
    expect(await failing([...trusting(), ...withToken()])).toEqual([`${host} answered 403`]);
    expect(await failing([...trusting(otherAuthority), ...asClient()])).toEqual([
      `${host} shows a certificate of an authority that is not known here; name the file of its CA with --exporter-ca`,
    ]);
    const elsewhere = [...trusting(), ...asClient(), '--exporter-server-name', 'elsewhere'];
    expect(await failing(elsewhere)).toEqual([
      `${host} shows a certificate for another name; use a name that is in the certificate, or give that name as --exporter-server-name`,
    ]);
  });

  it.each([
    [['--exporter-cert', 'a.pem'], '--exporter-cert and --exporter-key go together; give both or neither'],
    [['--exporter-ca', '/nowhere/ca.crt'], '--exporter-ca "/nowhere/ca.crt" can\'t be read: there is no such file'],
    [
      ['--exporter-token-file', '/nowhere/t'],
      '--exporter-token-file "/nowhere/t" can\'t be read: there is no such file',
    ],
  ])('is refused with %j', async (args, said) => {
    await expect(openExporterAccess(readOptions(scalerOptions, args, {}), logger)).rejects.toThrow(new Error(said));
  });
});
