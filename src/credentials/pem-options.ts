import type { PemPaths } from './pem-files.ts';

/** Options as they were given; an empty text means none. */
interface PemOptions {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** The files that three options name, whose flags are `flags`; undefined where none does. Throws where the options don't go together. */
export function pemPaths(given: PemOptions, flags: PemOptions): PemPaths | undefined {
  const { cert, key, ca } = given;
  if ((cert === '') !== (key === '')) {
    throw new Error(`${flags.cert} and ${flags.key} go together; give both or neither`);
  }
  if (cert === '' && ca === '') return undefined;
  return {
    ...(cert !== '' && {
      certificate: { file: { flag: flags.cert, path: cert }, keyFile: { flag: flags.key, path: key } },
    }),
    ...(ca !== '' && { authorities: { flag: flags.ca, path: ca } }),
  };
}

/** The same for a server, which can't check its clients before it has shown who it is. */
export function serverPemPaths(given: PemOptions, flags: PemOptions): PemPaths | undefined {
  if (given.ca !== '' && given.cert === '')
    throw new Error(`${flags.ca} needs ${flags.cert} and ${flags.key} beside it`);
  return pemPaths(given, flags);
}
