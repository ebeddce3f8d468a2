import { ServerCredentials } from '@grpc/grpc-js';
import type { PemMaterial } from '../../credentials/pem-files.ts';

/**
 * TLS for the gRPC server, with the certificates of the time: a connection keeps the one that it began with, those that
 * follow get the new one. Where there are authorities, a client must show a certificate of theirs.
 */
export class TlsCredentials extends ServerCredentials {
  constructor(material: PemMaterial) {
    const mustShowCertificate = material.ca !== undefined;
    super({ requestCert: mustShowCertificate, rejectUnauthorized: mustShowCertificate }, inBuffers(material));
  }

  replace(material: PemMaterial): void {
    this.updateSecureContextOptions(inBuffers(material));
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}

/** Between threads a Buffer becomes an array of bytes. */
function inBuffers(material: PemMaterial): PemMaterial {
  return Object.fromEntries(Object.entries(material).map(([part, bytes]) => [part, Buffer.from(bytes as Uint8Array)]));
}
