import { readFile } from 'node:fs/promises';
import { errorCode } from '../network/network-error.ts';
import { cut } from '../reasons.ts';

/** A file that a setting names and that can't be used; the message is for the operator as it stands. */
export class SecretFileError extends Error {}

/** Shorter prefixes of a secret than this may stand in a text that was cut: they tell nothing. */
const shortestPrefix = 4;

/**
 * The secrets of one connection. Files are read at each use, so that a secret that was replaced is the one that is sent.
 * What was read is remembered for one purpose: that no reason ever shows it, whoever wrote the reason.
 */
export class Secrets {
  /** The last two values of each file, because a reason may be about the one before. */
  readonly #seen = new Map<string, readonly string[]>();

  /**
   * A secret of one line, without the line end that editors and `kubectl` leave behind it. Rejects naming the setting and
   * the file, never what is in it.
   */
  async line(setting: string, file: string): Promise<string> {
    const secret = (await this.text(setting, file)).replace(/\r?\n$/, '');
    if (secret.includes('\n')) throw new SecretFileError(`${setting} "${cut(file)}" holds more than one line`);
    if (secret === '') throw new SecretFileError(`${setting} "${cut(file)}" is empty`);
    this.keep(file, secret);
    return secret;
  }

  /** A secret of several lines, such as a key in PEM; like `line` otherwise. */
  async text(setting: string, file: string): Promise<string> {
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      throw new SecretFileError(`${setting} "${cut(file)}" can't be read: ${describe(errorCode(error))}`);
    });
    if (text === '') throw new SecretFileError(`${setting} "${cut(file)}" is empty`);
    return text;
  }

  /** Remembers what no reason may show, by what tells it apart from others of this connection. */
  keep(name: string, secret: string): void {
    const [last] = this.#seen.get(name) ?? [];
    if (last !== secret) this.#seen.set(name, last === undefined ? [secret] : [secret, last]);
  }

  /** The text without any secret in it, whole or cut off at the end of what was quoted. */
  hide(text: string): string {
    return [...this.#seen.values()].flat().reduce(hideOne, text);
  }
}

function hideOne(text: string, secret: string): string {
  let hidden = text.replaceAll(secret, '***');
  for (let length = secret.length - 1; length >= shortestPrefix; length -= 1) {
    hidden = hidden.replaceAll(`${secret.slice(0, length)}…`, '***…');
  }
  return hidden;
}

function describe(code = 'unknown error'): string {
  return code === 'ENOENT' ? 'there is no such file' : code;
}
