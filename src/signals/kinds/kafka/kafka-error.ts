import { describeNetworkError, errorCode } from '../../network/network-error.ts';
import { RefusedAddressError } from '../../network/refused-addresses.ts';
import { cut } from '../../reasons.ts';

const errorTextLength = 200;

/** What brokers answer, and what to make of it. */
const reasonOfAnswer: Readonly<Record<string, string>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'has no such topic; check queueKey (or runningKey …)',
  TOPIC_AUTHORIZATION_FAILED: 'does not let this user see the topic; allow it DESCRIBE of the topic',
  GROUP_AUTHORIZATION_FAILED: 'does not let this user see the consumer group; allow it DESCRIBE of the group',
  CLUSTER_AUTHORIZATION_FAILED: 'does not let this user see the cluster; allow it DESCRIBE of topic and group',
  SASL_AUTHENTICATION_FAILED: 'does not know these credentials; check username, passwordFile and mechanism',
  UNSUPPORTED_SASL_MECHANISM: 'does not take this mechanism; check mechanism',
  COORDINATOR_NOT_AVAILABLE: 'has no coordinator for the group yet; it is asked again',
  NOT_COORDINATOR: 'is moving the coordinator of the group; it is asked again',
  COORDINATOR_LOAD_IN_PROGRESS: 'is loading the coordinator of the group; it is asked again',
};

/** What the client calls its own errors. */
const reasonOfCode: Readonly<Record<string, string>> = {
  PLT_KFK_AUTHENTICATION: 'does not know these credentials; check username, passwordFile and mechanism',
  PLT_KFK_TIMEOUT: 'did not answer in time',
  PLT_KFK_NETWORK: 'closed the connection',
};

/** An error of words alone of what the client throws, whose fields hold what was sent. */
export function explainKafkaError(host: string, error: unknown): Error {
  const all = flatten(error);
  const network = all.find((one) => one instanceof RefusedAddressError || isNetworkCode(errorCode(one)));
  if (network !== undefined) return describeNetworkError(host, network);
  const reason = find(all, answerOf, reasonOfAnswer) ?? find(all, errorCode, reasonOfCode);
  if (reason !== undefined) return new Error(`${host} ${reason}`);
  const [first] = all;
  // Of our own making: in words already.
  if (first && errorCode(first) === undefined) return first;
  return new Error(`${host} failed: ${cut(first?.message ?? 'unknown error', errorTextLength)}`);
}

type Table = Readonly<Record<string, string>>;

function find(errors: readonly Error[], key: (error: Error) => string | undefined, table: Table): string | undefined {
  return errors.map((error) => table[key(error) ?? '']).find((reason) => reason !== undefined);
}

/** The client's own codes begin with its name. */
function isNetworkCode(code: string | undefined): boolean {
  return code !== undefined && !code.startsWith('PLT_');
}

/** The error, those it gathers and their causes. */
function flatten(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  const gathered = error instanceof AggregateError ? error.errors.flatMap(flatten) : [];
  return [error, ...gathered, ...flatten(error.cause)];
}

/** What a broker answered; the client says in words of its own that it was told of no such topic. */
function answerOf(error: Error): string {
  if (error.message.startsWith('Unknown topic')) return 'UNKNOWN_TOPIC_OR_PARTITION';
  return 'apiId' in error && typeof error.apiId === 'string' ? error.apiId : '';
}
