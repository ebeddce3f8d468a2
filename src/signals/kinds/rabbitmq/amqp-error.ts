import { describeNetworkError, errorCode } from '../../network/network-error.ts';
import { RefusedAddressError } from '../../network/refused-addresses.ts';
import { cut } from '../../reasons.ts';

const errorTextLength = 200;

/** An error of words alone of what amqplib throws, whose errors hold what was sent. */
export function explainAmqpError(host: string, error: unknown): Error {
  if (!(error instanceof Error)) return new Error(`${host} failed`);
  if (error instanceof RefusedAddressError) return describeNetworkError(host, error);
  const code = errorCode(error);
  if (code !== undefined) return describeNetworkError(host, error);
  const { message } = error;
  if (/ACCESS.REFUSED/.test(message) && /login|Handshake|authentication/i.test(message)) {
    return new Error(`${host} does not know these credentials; check username and passwordFile`);
  }
  const [, said] = /"([A-Z_]+ - [^"]*)/.exec(message) ?? [];
  if (said !== undefined) return new Error(`${host} answered: ${cut(said, errorTextLength)}`);
  if (/ETIMEDOUT|timed? ?out/i.test(message)) return new Error(`${host} did not answer in time`);
  if (/closed|ended|ECONNRESET/i.test(message)) return new Error(`${host} closed the connection`);
  return new Error(`${host} failed: ${cut(message)}`);
}
