import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of a certificate and its key. */
export interface PairFiles {
  readonly cert: string;
  readonly key: string;
}

const days = '30';

/** Makes an authority in `folder`, with the `openssl` of this machine. */
export function makeAuthority(folder: string): PairFiles {
  const files = { cert: join(folder, 'ca.crt'), key: join(folder, 'ca.key') };
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=pilotlight-cluster', '-days', days, '-keyout', files.key, '-out', files.cert); // prettier-ignore
  return files;
}

/**
 * Makes a certificate that the authority has signed.
 * @param subject as openssl writes it: `/O=system:masters/CN=admin`
 * @param names what it is for: `DNS:localhost`, `IP:127.0.0.1`
 */
export function makeCertificate(
  authority: PairFiles,
  name: string,
  subject: string,
  names: readonly string[],
): PairFiles {
  const base = join(authority.cert, '..', name);
  const files = { cert: `${base}.crt`, key: `${base}.key` };
  const [request, extensions] = [`${base}.csr`, `${base}.ext`];
  writeFileSync(extensions, `subjectAltName=${names.join(',')}\n`);
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', subject, '-keyout', files.key, '-out', request);
  openssl('x509', '-req', '-in', request, '-CA', authority.cert, '-CAkey', authority.key, '-CAcreateserial', '-days', days, '-extfile', extensions, '-out', files.cert); // prettier-ignore
  return files;
}

/** Makes a pair of keys alone, for signing tokens; answers the paths of the private one and the public one. */
export function makeSigningKeys(folder: string): { readonly key: string; readonly publicKey: string } {
  const files = { key: join(folder, 'sa.key'), publicKey: join(folder, 'sa.pub') };
  openssl('genrsa', '-out', files.key, '2048');
  openssl('rsa', '-in', files.key, '-pubout', '-out', files.publicKey);
  return files;
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
