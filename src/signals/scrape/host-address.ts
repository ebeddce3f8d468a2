import { checkHost } from '../network/refused-addresses.ts';
import { AnswerError } from './answer-error.ts';

interface HostAddress {
  readonly host: string;
  readonly port: number;
}

/** An IPv6 address in brackets, or an IPv4 address or a name; nothing that could end a header and begin another. */
const grammar = /^(?:\[([0-9a-f:.]+(?:%[\w.-]+)?)\]|([\w.-]+)):(\d{1,5})$/i;

/** Reads `host:port`. Throws AnswerError where it is none, and RefusedAddressError where no connection may lead there. */
export function parseHostAddress(text: string): HostAddress {
  const [, v6, other, digits] = grammar.exec(text) ?? [];
  const [host, port] = [v6 ?? other, Number(digits)];
  if (host === undefined || port > 65_535) throw new AnswerError('is no address with a port');
  checkHost(host);
  return { host, port };
}
