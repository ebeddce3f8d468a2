import { readNamed, shown } from './named-file.ts';
import type { NamedFile } from './named-file.ts';

/**
 * The token in a file, without the line end that editors leave behind it. Read at each use, so that one that was replaced is
 * the one that counts. Rejects naming the option and the file, never what is in it.
 */
export async function readToken(file: NamedFile): Promise<string> {
  const token = (await readNamed(file)).toString('utf8').trim();
  if (token === '') throw new Error(`${shown(file)} is empty`);
  // What else would stand in it can't be sent in a header.
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new Error(`${shown(file)} holds more than one line of printable ASCII without blanks`);
  return token;
}
