import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { authority } from './certificates.ts';

/** Writes what Kubernetes mounts into a pod; without more, it trusts the authority of the tests' servers. */
export function writeServiceAccount(folder: string, token: string, ca = authority): void {
  writeFileSync(join(folder, 'token'), `${token}\n`);
  writeFileSync(join(folder, 'ca.crt'), ca);
}
