import { PemFiles } from '../credentials/pem-files.ts';
import { pemPaths } from '../credentials/pem-options.ts';
import { readToken } from '../credentials/token-file.ts';
import { systemClock } from '../program/system-clock.ts';
import type { ExporterAccess, FindAccess } from '../signals/exporters/exporter-access.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { ScalerOptions } from './options.ts';

interface OpenAccess {
  readonly find: FindAccess;
  close(): void;
}

const flags = {
  cert: '--exporter-cert',
  key: '--exporter-key',
  ca: '--exporter-ca',
  serverName: '--exporter-server-name',
};

/** What the options say that opens exporters: certificates, and a token. Rejects with a text for the operator. */
export async function openExporterAccess(options: ScalerOptions, logger: Logger): Promise<OpenAccess> {
  const { exporterCert: cert, exporterKey: key, exporterCa: ca, exporterTokenFile: path } = options;
  const paths = pemPaths({ cert, key, ca }, flags);
  const token = path === '' ? undefined : { flag: '--exporter-token-file', path };
  if (token) await readToken(token);
  const files = paths && (await PemFiles.open(paths, { clock: systemClock, logger }));
  const find = async (): Promise<ExporterAccess> => ({
    tls: tlsOf(files, options.exporterServerName),
    tlsNames: flags,
    ...(token && { headers: { authorization: `Bearer ${await readToken(token)}` } }),
  });
  return { find, close: () => files?.close() };
}

function tlsOf(files: PemFiles | undefined, servername: string): NonNullable<ExporterAccess['tls']> {
  const { ca, cert, key } = files?.current ?? {};
  return {
    ...(ca && { ca: ca.toString() }),
    ...(cert && key && { cert: cert.toString(), key: key.toString() }),
    ...(servername !== '' && { servername }),
  };
}
