import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { NamedFile } from '../credentials/named-file.ts';
import { PemFiles } from '../credentials/pem-files.ts';
import { serverPemPaths } from '../credentials/pem-options.ts';
import { readToken } from '../credentials/token-file.ts';
import { systemClock } from '../program/system-clock.ts';
import { textAnswer } from '../telemetry/http-server.ts';
import type { HttpAnswer, HttpProtection } from '../telemetry/http-server.ts';
import type { Logger } from '../telemetry/logger.ts';

/** The kubelet asks these, and has neither a certificate nor a token. They tell nothing of pods. */
const openPaths: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

interface ProtectionOptions {
  readonly tlsCert: string;
  readonly tlsKey: string;
  readonly tlsClientCa: string;
  readonly tokenFile: string;
}

export interface OpenProtection extends HttpProtection {
  close(): void;
}

/** TLS, clients' certificates and a bearer token, as far as the options name them. Rejects with a text for the operator. */
export async function openProtection(options: ProtectionOptions, logger: Logger): Promise<OpenProtection> {
  const { tlsCert: cert, tlsKey: key, tlsClientCa: ca, tokenFile } = options;
  const paths = serverPemPaths({ cert, key, ca }, { cert: '--tls-cert', key: '--tls-key', ca: '--tls-client-ca' });
  const token = tokenFile === '' ? undefined : { flag: '--token-file', path: tokenFile };
  if (token) await readToken(token);
  const tls = paths && (await PemFiles.open(paths, { clock: systemClock, logger }));
  const refuse = async (request: IncomingMessage, path: string): Promise<HttpAnswer | undefined> => {
    if (openPaths.has(path)) return undefined;
    if (ca !== '' && !(request.socket instanceof TLSSocket && request.socket.authorized)) return textAnswer(403, 'show a certificate of the authorities in --tls-client-ca'); // prettier-ignore
    return token && refuseWithoutToken(request, token);
  };
  return { ...(tls && { tls }), refuse, close: () => tls?.close() };
}

async function refuseWithoutToken(request: IncomingMessage, file: NamedFile): Promise<HttpAnswer | undefined> {
  try {
    const wanted = `Bearer ${await readToken(file)}`;
    if (isSame(request.headers.authorization ?? '', wanted)) return undefined;
    return textAnswer(401, 'send the token in --token-file as "Authorization: Bearer TOKEN"');
  } catch (error) {
    return textAnswer(503, error instanceof Error ? error.message : 'the token can not be read');
  }
}

/** Takes as long whatever differs. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
