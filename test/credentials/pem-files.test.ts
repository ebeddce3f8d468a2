import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PemFiles } from '../../src/credentials/pem-files.ts';
import type { PemMaterial, PemPaths } from '../../src/credentials/pem-files.ts';
import { pemPaths, serverPemPaths } from '../../src/credentials/pem-options.ts';
import { authority, client, otherAuthority, serverA, serverB } from '../support/certificates.ts';
import { HandClock } from '../support/hand-clock.ts';
import { recordingLogger } from '../support/recording-logger.ts';

const flags = { cert: '--tls-cert', key: '--tls-key', ca: '--tls-client-ca' };

describe('PEM files', () => {
  let folder: string;
  let clock: HandClock;
  const { logger, lines } = recordingLogger();

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pilotlight-pem-'));
    clock = new HandClock();
    lines.length = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const pathsOf = (cert: string, key: string, ca: string): PemPaths =>
    pemPaths({ cert: write('tls.crt', cert), key: write('tls.key', key), ca: write('ca.crt', ca) }, flags) ?? {};

  async function open(paths: PemPaths): Promise<{ files: PemFiles; seen: PemMaterial[] }> {
    const files = await PemFiles.open(paths, { clock, logger });
    const seen: PemMaterial[] = [];
    files.onChange((material) => seen.push(material));
    return { files, seen };
  }

  it('are taken as they are, and again when they were replaced', async () => {
    const { files, seen } = await open(pathsOf(serverA.cert, serverA.key, authority));
    expect(textOf(files.current)).toEqual({ cert: serverA.cert, key: serverA.key, ca: authority });
    await clock.advance(60_000);
    expect(seen).toEqual([]);
    pathsOf(serverB.cert, serverB.key, otherAuthority);
    await vi.waitFor(async () => {
      await clock.advance(10_000);
      expect(seen.map(textOf).at(-1)).toEqual({ cert: serverB.cert, key: serverB.key, ca: otherAuthority });
    });
    expect(textOf(files.current)).toEqual({ cert: serverB.cert, key: serverB.key, ca: otherAuthority });
    expect(lines[0]).toMatchObject({
      msg: 'certificates replaced',
      files: [join(folder, 'tls.crt'), join(folder, 'ca.crt')],
    });
    files.close();
    expect(clock.pending).toBe(0);
  });

  it('stay what they were while the new ones are half there, which is said once', async () => {
    const { files, seen } = await open(pathsOf(serverA.cert, serverA.key, authority));
    write('tls.crt', serverB.cert);
    await vi.waitFor(async () => {
      await clock.advance(10_000);
      expect(lines).toHaveLength(1);
    });
    await clock.advance(60_000);
    const reason = `--tls-key "${join(folder, 'tls.key')}" is not the key of the certificate in --tls-cert "${join(folder, 'tls.crt')}"`;
    expect(lines).toMatchObject([
      { level: 'warn', reason, msg: 'certificates can not be replaced; those from before stand' },
    ]);
    expect(textOf(files.current).cert).toBe(serverA.cert);
    expect(seen).toEqual([]);
    write('tls.key', serverB.key);
    await vi.waitFor(async () => {
      await clock.advance(10_000);
      expect(textOf(files.current).cert).toBe(serverB.cert);
    });
    files.close();
  });

  it.each([
    [
      'a file that is none',
      (at: string) => rmSync(join(at, 'tls.key')),
      /^--tls-key ".*tls\.key" can't be read: there is no such file$/,
    ],
    [
      'a certificate that is none',
      (at: string) => writeFileSync(join(at, 'tls.crt'), 'swordfish'),
      /^--tls-cert ".*tls\.crt" holds no certificate in PEM form$/,
    ],
    [
      'a key that is none',
      (at: string) => writeFileSync(join(at, 'tls.key'), 'swordfish'),
      /^--tls-key ".*tls\.key" holds no private key in PEM form, or one with a passphrase$/,
    ],
    [
      "another's key",
      (at: string) => writeFileSync(join(at, 'tls.key'), client.key),
      /^--tls-key ".*" is not the key of the certificate in --tls-cert ".*"$/,
    ],
    [
      'authorities that are none',
      (at: string) => writeFileSync(join(at, 'ca.crt'), ''),
      /^--tls-client-ca ".*ca\.crt" holds no certificate in PEM form$/,
    ],
  ])('can not be opened with %s', async (_case, spoil, said) => {
    const paths = pathsOf(serverA.cert, serverA.key, authority);
    spoil(folder);
    const error: unknown = await PemFiles.open(paths, { clock, logger }).catch((reason: unknown) => reason);
    expect(String(error)).toMatch(new RegExp(`^Error: ${said.source.slice(1)}`));
    expect(String(error)).not.toContain('swordfish');
  });
});

describe('options that name PEM files', () => {
  it('may all be left out', () => {
    expect(pemPaths({ cert: '', key: '', ca: '' }, flags)).toBeUndefined();
    expect(serverPemPaths({ cert: '', key: '', ca: '' }, flags)).toBeUndefined();
  });

  it.each([
    [{ cert: 'a', key: '', ca: '' }, '--tls-cert and --tls-key go together; give both or neither'],
    [{ cert: '', key: 'a', ca: '' }, '--tls-cert and --tls-key go together; give both or neither'],
    [{ cert: '', key: '', ca: 'a' }, '--tls-client-ca needs --tls-cert and --tls-key beside it'],
  ])('are refused where a part is missing: %j', (given, said) => {
    expect(() => serverPemPaths(given, flags)).toThrow(new Error(said));
  });

  it('may name authorities alone for a client', () => {
    expect(pemPaths({ cert: '', key: '', ca: '/ca.crt' }, flags)).toEqual({
      authorities: { flag: '--tls-client-ca', path: '/ca.crt' },
    });
  });
});

function textOf({ cert, key, ca }: PemMaterial): { cert?: string; key?: string; ca?: string } {
  return { cert: String(cert), key: String(key), ca: String(ca) };
}
