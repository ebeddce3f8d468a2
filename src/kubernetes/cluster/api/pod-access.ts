import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readServiceAccount } from '../../../credentials/service-account.ts';
import type { ApiAccess } from './api-access.ts';

/** The access of the service account that is mounted at `folder`; undefined where none is. */
export function podAccess(server: string, folder: string): ApiAccess | undefined {
  if (!existsSync(join(folder, 'token'))) return undefined;
  return {
    server,
    credentials: async () => {
      const { token, ca } = await readServiceAccount(folder);
      return { ca, headers: { authorization: `Bearer ${token}` } };
    },
    usesProxy: false,
  };
}
