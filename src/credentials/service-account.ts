import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cutText } from '../domain/cut-text.ts';

/** What Kubernetes mounts into a pod to speak for its service account. */
export interface ServiceAccount {
  readonly token: string;
  /** PEM of the authority that the API server's certificate is of. */
  readonly ca: string;
}

/** Where Kubernetes mounts it. */
export const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Reads the folder's `token` and `ca.crt`, both of which are exchanged under a running pod: read them for each question. Rejects
 * with a text that names the file and `--service-account-path`, and never what is in it.
 */
export async function readServiceAccount(folder: string): Promise<ServiceAccount> {
  const [token, ca] = await Promise.all([readPart(folder, 'token'), readPart(folder, 'ca.crt')]);
  return { token: token.trim(), ca };
}

async function readPart(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new Error(`no "${cutText(path, 80)}" (${code}): let the pod mount its service account's token, or see --service-account-path`, { cause: error }); // prettier-ignore
  }
}
