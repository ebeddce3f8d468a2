import { ServerCredentials } from '@grpc/grpc-js';
import type { PemFiles } from '../../credentials/pem-files.ts';

/**
 * TLS for the gRPC server, with what the PEM files hold at the time: a connection keeps the certificate that it began with,
 * those that follow get the new one. Where the files name authorities, a client must show a certificate of theirs.
 */
export class TlsCredentials extends ServerCredentials {
  constructor(files: PemFiles) {
    const mustShowCertificate = files.current.ca !== undefined;
    super({ requestCert: mustShowCertificate, rejectUnauthorized: mustShowCertificate }, files.current);
    files.onChange((material) => this.updateSecureContextOptions(material));
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}
