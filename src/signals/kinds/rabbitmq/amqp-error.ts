import { describeNetworkError, errorCode } from '../../network/network-error.ts';
import { RefusedAddressError } from '../../network/refused-addresses.ts';
import { cut } from '../../reasons.ts';

const errorTextLength = 200;

/** What amqplib says of what has no code, and what to make of it. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/ACCESS.REFUSED.*(?:login|Handshake|authentication)|Handshake.*ACCESS.REFUSED/is, 'does not know these credentials; check username and passwordFile'], // prettier-ignore
  [/^Expected ConnectionOpenOk/, 'does not open the virtual host; check vhost, and that username may use it'],
];
const lesserReasons: readonly (readonly [RegExp, string])[] = [
  [/ETIMEDOUT|timed? ?out/i, 'did not answer in time'],
  [/closed|ended|ECONNRESET/i, 'closed the connection'],
];

/** An error of words alone of what amqplib throws, whose errors hold what was sent. */
export function explainAmqpError(host: string, error: unknown): Error {
  if (!(error instanceof Error)) return new Error(`${host} failed`);
  if (error instanceof RefusedAddressError || errorCode(error) !== undefined) return describeNetworkError(host, error);
  return new Error(`${host} ${explain(error.message)}`);
}

function explain(message: string): string {
  const [, said] = /"([A-Z_]+ - [^"]*)/.exec(message) ?? [];
  const answer = said === undefined ? undefined : `answered: ${cut(said, errorTextLength)}`;
  return find(message, reasons) ?? answer ?? find(message, lesserReasons) ?? `failed: ${cut(message)}`;
}

function find(message: string, table: typeof reasons): string | undefined {
  return table.find(([pattern]) => pattern.test(message))?.[1];
}
