import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { shown } from './named-file.ts';
import type { NamedFile } from './named-file.ts';

/** Throws unless the text is a certificate, with or without those that lead to its authority. */
export function checkCertificate(file: NamedFile, pem: Buffer): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new Error(`${shown(file)} holds no certificate in PEM form`);
  }
}

/** Throws unless the text is the key of that certificate. Says nothing of what is in it. */
export function checkKey(file: NamedFile, pem: Buffer, certificate: X509Certificate, certificateFile: NamedFile): void {
  if (certificate.checkPrivateKey(readKey(file, pem))) return;
  throw new Error(`${shown(file)} is not the key of the certificate in ${shown(certificateFile)}`);
}

function readKey(file: NamedFile, pem: Buffer): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Error(`${shown(file)} holds no private key in PEM form, or one with a passphrase`);
  }
}
