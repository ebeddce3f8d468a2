import { describeNetworkError, errorCode } from '../../network/network-error.ts';
import { RefusedAddressError } from '../../network/refused-addresses.ts';
import { cut } from '../../reasons.ts';

/** How much of Redis' own error text is passed on. */
const errorTextLength = 200;
/** What ioredis says without a code of its own. */
const closed = ['Connection is closed.', "Stream isn't writeable and enableOfflineQueue options is false"];

const remedies: readonly (readonly [RegExp, string])[] = [
  [/^WRONGPASS|^ERR invalid password/, 'check username and passwordFile'],
  [/^NOAUTH/, 'give passwordFile, and username where the server has several'],
  [/^NOPERM/, "allow it in this user's ACL: TYPE, LLEN, ZCARD, ZCOUNT, XINFO, HLEN, HEXISTS, LINDEX, SELECT"],
];

/** A node of a cluster that says which other node keeps the key. */
export class MovedError extends Error {
  /** `host:port`; the host is empty where it is the same. */
  readonly to: string;
  constructor(host: string, to: string) {
    super(`${host} sends on to ${cut(to)}, which was not followed`);
    this.to = to;
  }
}

/** A new error, made of words alone: those of ioredis hold the command that failed, AUTH and its password included. */
export function explainRedisError(host: string, error: unknown): Error {
  if (!(error instanceof Error)) return new Error(`${host} failed`);
  if (error.name === 'ReplyError') return explainReply(host, error.message);
  if (isClosed(error)) return new Error(`${host} closed the connection`);
  if (error.message === 'Command timed out') return new Error(`${host} did not answer in time`);
  if (error instanceof RefusedAddressError || errorCode(error) !== undefined) return describeNetworkError(host, error);
  return error;
}

/** Whether ioredis says of a command no more than that there is no connection any more. */
export function isClosed(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || closed.includes(error.message));
}

function explainReply(host: string, message: string): Error {
  const [, to] = /^MOVED \d+ (\S+)/.exec(message) ?? [];
  if (to !== undefined) return new MovedError(host, to);
  const text = message.replace(/,? with args beginning with.*/s, '');
  const remedy = remedies.find(([pattern]) => pattern.test(text))?.[1];
  return new Error(`${host} answered: ${cut(text, errorTextLength)}${remedy === undefined ? '' : `; ${remedy}`}`);
}
