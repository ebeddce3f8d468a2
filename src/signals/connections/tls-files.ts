import type { TlsMaterial } from '../network/tls-material.ts';
import type { Secrets } from './secrets.ts';
import type { TlsSettings } from './settings-parts.ts';

/** Reads what TLS needs from the files as they are now. Rejects naming the setting and the file. */
export async function readTlsFiles(settings: TlsSettings, secrets: Secrets): Promise<TlsMaterial> {
  const { caFile, certFile, keyFile, serverName } = settings;
  return {
    ...(caFile === undefined ? {} : { ca: await secrets.text('caFile', caFile) }),
    ...(certFile === undefined ? {} : { cert: await secrets.text('certFile', certFile) }),
    ...(keyFile === undefined ? {} : { key: await secrets.lines('keyFile', keyFile) }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}
