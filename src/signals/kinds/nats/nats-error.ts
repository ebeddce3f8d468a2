import { describeNetworkError, errorCode, noTls } from '../../network/network-error.ts';
import { RefusedAddressError } from '../../network/refused-addresses.ts';
import { cut } from '../../reasons.ts';

const errorTextLength = 200;

/** What the client calls its errors, and what to make of them. */
const reasonOfName: Readonly<Record<string, string>> = {
  AuthorizationError: 'does not know these credentials; check username and passwordFile, tokenFile or credsFile',
  UserAuthenticationExpiredError: 'says that these credentials have expired; renew what is in credsFile',
  PermissionViolationError: 'does not let these credentials ask JetStream; allow them $JS.API.CONSUMER.INFO.>',
  NoResponders: 'has no JetStream here; enable it there, or name its domain',
  JetStreamNotEnabled: 'has no JetStream here; enable it there, or name its domain',
  ConsumerNotFoundError:
    'has no such consumer in this stream; check queueGroup (or runningGroup …), the name of the consumer',
  StreamNotFoundError: 'has no such stream; check queueKey (or runningKey …), the name of the stream',
  TimeoutError: 'did not answer in time',
  ClosedConnectionError: 'closed the connection',
  DrainingConnectionError: 'closed the connection',
};

/** An error of words alone of what the client throws, whose causes hold what was sent. */
export function explainNatsError(host: string, error: unknown): Error {
  if (!(error instanceof Error)) return new Error(`${host} closed the connection`);
  const known = chain(error).find(
    (one) => one instanceof RefusedAddressError || errorCode(one)?.match(/^[A-Z0-9_/]+$/),
  );
  if (known !== undefined) return describeNetworkError(host, known);
  const reason = chain(error).map(({ name }) => reasonOfName[name]).find((text) => text !== undefined); // prettier-ignore
  if (reason !== undefined) return new Error(`${host} ${reason}`);
  // What the client says where the server hung up while it connected; where nobody listens, that is in the cause.
  if (error.message === 'connection refused' || error.message.endsWith('an undefined error')) return new Error(`${host} closed the connection`); // prettier-ignore
  if (error.message.includes("does not support 'tls'")) return new Error(`${host} ${noTls}`);
  return new Error(`${host} failed: ${cut(error.message, errorTextLength)}`);
}

/** The error and its causes. */
function chain(error: unknown): Error[] {
  return error instanceof Error ? [error, ...chain(error.cause)] : [];
}
