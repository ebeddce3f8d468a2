import { readFile } from 'node:fs/promises';
import { errorCode } from '../network/network-error.ts';
import { cut } from '../reasons.ts';

/** A file that a setting names and that can't be used; the message is for the operator as it stands. */
export class SecretFileError extends Error {}

/** Shorter prefixes of a secret than this may stand in a text that was cut: they tell nothing. */
const shortestPrefix = 4;
/** Shorter lines of a secret of several tell nothing of it. */
const shortestLine = 16;

/**
 * The secrets of one connection. Files are read at each use, so that a secret that was replaced is the one that is sent.
 * What was read is remembered for one purpose: that no reason ever shows it, whoever wrote the reason.
 */
export class Secrets {
  /** The last two values of each file, because a reason may be about the one before; each in all its forms. */
  readonly #seen = new Map<string, readonly (readonly string[])[]>();

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
  async lines(setting: string, file: string): Promise<string> {
    const text = await this.text(setting, file);
    for (const [index, line] of text.split(/\r?\n/).entries()) {
      if (line.length >= shortestLine && !line.startsWith('-')) this.keep(`${file}:${index}`, line);
    }
    return text;
  }

  /** What a file holds that is no secret, such as certificates; like `line` otherwise. */
  async text(setting: string, file: string): Promise<string> {
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      throw new SecretFileError(`${setting} "${cut(file)}" can't be read: ${describe(errorCode(error))}`);
    });
    if (text === '') throw new SecretFileError(`${setting} "${cut(file)}" is empty`);
    return text;
  }

  /** Remembers what no reason may show, by what tells it apart from others of this connection. */
  keep(name: string, secret: string): void {
    const [last, ...before] = this.#seen.get(name) ?? [];
    if (last?.[0] === secret) return;
    this.#seen.set(name, last === undefined ? [formsOf(secret)] : [formsOf(secret), last, ...before].slice(0, 2));
  }

  /** The text without any secret in it, whole or cut off at the end of what was quoted, in whatever form a server quotes. */
  hide(text: string): string {
    return [...this.#seen.values()].flat(2).reduce(hideOne, text);
  }
}

/** A secret as it is, and as it may be quoted: in one line, in JSON, in a URL or a form, in base64. */
function formsOf(secret: string): readonly string[] {
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
  const base64url = base64.replaceAll('+', '-').replaceAll('/', '_');
  const quoted = JSON.stringify(secret).slice(1, -1);
  const inForm = new URLSearchParams({ '': secret }).toString().slice(1);
  const inOneLine = secret.replaceAll(/\s+/g, ' ').trim();
  return [...new Set([secret, inOneLine, quoted, encodeURIComponent(secret), inForm, base64, base64url])];
}

function hideOne(text: string, secret: string): string {
  if (!text.includes(secret.slice(0, shortestPrefix))) return text;
  return text.replaceAll(secret, '***').split('…').map((part) => hideEnd(part, secret)).join('…'); // prettier-ignore
}

/** Where a text was cut, a part of the secret may stand at its end. */
function hideEnd(text: string, secret: string): string {
  for (let length = Math.min(secret.length - 1, text.length); length >= shortestPrefix; length -= 1) {
    if (text.endsWith(secret.slice(0, length))) return `${text.slice(0, -length)}***`;
  }
  return text;
}

function describe(code = 'unknown error'): string {
  return code === 'ENOENT' ? 'there is no such file' : code;
}
