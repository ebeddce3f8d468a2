import { readFile } from 'node:fs/promises';
import { errorCode } from '../http/network-error.ts';
import { cut } from '../reasons.ts';

/**
 * Reads a secret without the line end that editors and `kubectl` leave behind it. Called at each use, so that a secret
 * that was replaced is the one that is sent. Rejects naming the setting and the file, never what is in it.
 */
export async function readSecretFile(setting: string, file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`${setting} "${cut(file)}" can't be read: ${describe(errorCode(error))}`);
  });
  const secret = text.replace(/\r?\n$/, '');
  if (secret.includes('\n')) throw new Error(`${setting} "${cut(file)}" holds more than one line`);
  if (secret === '') throw new Error(`${setting} "${cut(file)}" is empty`);
  return secret;
}

function describe(code = 'unknown error'): string {
  return code === 'ENOENT' ? 'there is no such file' : code;
}
