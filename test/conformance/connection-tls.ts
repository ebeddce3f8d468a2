import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { TlsSettings } from '../../src/signals/connections/settings-parts.ts';
import type { SignalSource } from '../../src/signals/source.ts';
import { workload } from '../support/builders.ts';
import { authority, client, expired, otherAuthority, serverA, stranger } from '../support/certificates.ts';
import { FaultyServer } from '../support/faulty-server.ts';
import { startTlsFront } from '../support/tls-front.ts';
import type { TlsFrontOptions } from '../support/tls-front.ts';

/** A type of connection that can speak TLS, with a server behind it that does not. */
export interface TlsUnderTest {
  /** Where the server listens that speaks the protocol in plain text. */
  readonly targetPort: number;
  /** Where the front has to listen, where that must be known before. */
  readonly frontPort?: number;
  readonly afterLine?: TlsFrontOptions['afterLine'];
  /** A source of one signal, whose value is 3, by a connection to that port of the loopback. */
  open(port: number, tls: TlsSettings): { readonly source: SignalSource; readonly close: () => void };
  readonly close: () => Promise<void> | void;
}

/** What every type of connection has to do with certificates, its own and the server's. */
export function describeTlsOf(name: string, create: () => Promise<TlsUnderTest>): void {
  const start = async (front: Partial<TlsFrontOptions>) => {
    const subject = await create();
    const { targetPort, afterLine, frontPort } = subject;
    const protocol = { ...(afterLine && { afterLine }), ...(frontPort === undefined ? {} : { port: frontPort }) };
    const server = await startTlsFront({ targetPort, pair: serverA, ...protocol, ...front });
    onTestFinished(async () => {
      await server.stop();
      await subject.close();
    });
    const reader = (tls: TlsSettings) => {
      const { source, close } = subject.open(server.port, tls);
      onTestFinished(close);
      return () => read(source);
    };
    return { host: server.host, reader, subject };
  };

  describe(`${name} over TLS`, () => {
    it('is read where the server shows a certificate of the authority in caFile', async () => {
      const { reader } = await start({});
      expect(await reader({ caFile: pem(authority) })()).toBe(3);
    });

    it('is read by the name in serverName', async () => {
      const { reader } = await start({});
      expect(await reader({ caFile: pem(authority), serverName: 'pilotlight-exporter' })()).toBe(3);
    });

    it('shows its own certificate where the server asks for one', async () => {
      const { reader } = await start({ clientAuthority: authority });
      const own = { certFile: pem(client.cert), keyFile: pem(client.key) };
      expect(await reader({ caFile: pem(authority), ...own })()).toBe(3);
    });

    it.each([
      [
        'has none of the authorities in caFile',
        {},
        { caFile: pem(otherAuthority) },
        'shows a certificate of an authority that is not known here; name the file of its CA with caFile',
      ],
      [
        'has one of an authority that nobody named',
        {},
        { serverName: 'localhost' },
        'shows a certificate of an authority that is not known here; name the file of its CA with caFile',
      ],
      [
        'has one that has expired',
        { pair: expired },
        { caFile: pem(expired.cert) },
        'shows a certificate that has expired; renew it there',
      ],
      [
        'has one for another name',
        {},
        { caFile: pem(authority), serverName: 'elsewhere' },
        'shows a certificate for another name; use a name that is in the certificate, or give that name as serverName',
      ],
      [
        'asks for a certificate and gets none',
        { clientAuthority: authority },
        { caFile: pem(authority) },
        'asks for a client certificate; name its files with certFile and keyFile',
      ],
    ] as const)('says what to do where the server %s', async (_, front, tls, reason) => {
      const { host, reader } = await start(front);
      expect(await reader(tls)()).toBe(`${host} ${reason}`);
    });

    it('is not read with a certificate that the server does not know', async () => {
      const { host, reader } = await start({ clientAuthority: authority });
      const own = { certFile: pem(stranger.cert), keyFile: pem(stranger.key) };
      // A server of Node hangs up without a word; others say why.
      expect(await reader({ caFile: pem(authority), ...own })()).toMatch(new RegExp(`^${host} closed the connection`));
    });

    it('says so where the server speaks no TLS', async () => {
      const { subject } = await start({});
      const server = await FaultyServer.start(() => undefined);
      onTestFinished(() => server.stop());
      server.behave({ send: '-ERR what\r\n' });
      // A server that speaks first says what it can.
      const port = subject.afterLine ? subject.targetPort : server.port;
      const { source, close } = subject.open(port, { caFile: pem(authority) });
      onTestFinished(close);
      expect(await read(source)).toBe(
        `127.0.0.1:${port} does not speak TLS on that port; check the port and the scheme of the URL`,
      );
    });

    it.each([
      ['a key of another certificate', { certFile: pem(client.cert), keyFile: pem(stranger.key) }],
      ['a certificate that is none', { certFile: pem('swordfish'), keyFile: pem(client.key) }],
      ['a key that is none', { certFile: pem(client.cert), keyFile: pem('swordfish') }],
    ])('says which files are of no use: %s', async (_, files) => {
      const { host, reader } = await start({});
      const reason = await reader({ caFile: pem(authority), ...files })();
      expect(reason).toBe(
        `${host} was not asked: caFile, certFile or keyFile holds no usable PEM, or the two do not belong together`,
      );
    });

    it('names a file that is not there', async () => {
      const { reader } = await start({});
      expect(await reader({ caFile: '/no/such' })()).toBe('caFile "/no/such" can\'t be read: there is no such file');
    });

    it('reads files that were replaced anew, without being opened again', async () => {
      const { host, reader } = await start({ clientAuthority: authority });
      const files = { caFile: pem(otherAuthority), certFile: pem(stranger.cert), keyFile: pem(stranger.key) };
      const reading = reader(files);
      expect(await reading()).toMatch(new RegExp(`^${host} shows a certificate of an authority`));
      writeFileSync(files.caFile, authority);
      expect(await reading()).toMatch(new RegExp(`^${host} closed the connection`));
      writeFileSync(files.certFile, client.cert);
      writeFileSync(files.keyFile, client.key);
      expect(await reading()).toBe(3);
    });
  });
}

/** What one reading gives: the number, or why there is none. */
async function read(source: SignalSource): Promise<number | string> {
  try {
    const [one] = [...(await source.read(workload(), AbortSignal.timeout(5_000))).values()];
    return one?.state === 'measured' ? one.value : (one?.reason ?? 'nothing');
  } catch (error) {
    return (error as Error).message;
  }
}

function pem(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'pilotlight-')), 'file.pem');
  writeFileSync(file, text);
  return file;
}
