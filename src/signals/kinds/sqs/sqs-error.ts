import { cut } from '../../reasons.ts';

const errorTextLength = 200;

/** What Amazon calls its errors, and what to make of them. */
const reasonOfName: Readonly<Record<string, string>> = {
  QueueDoesNotExist: 'has no such queue; check queueKey (or runningKey …), region and accountId',
  InvalidClientTokenId: 'does not know these credentials; check accessKeyIdFile',
  UnrecognizedClientException: 'does not know these credentials; check accessKeyIdFile',
  InvalidSignatureException: 'does not accept the signature; check secretAccessKeyFile',
  SignatureDoesNotMatch: 'does not accept the signature; check secretAccessKeyFile',
  ExpiredToken: 'says that these credentials have expired; renew what is in sessionTokenFile',
  ExpiredTokenException: 'says that these credentials have expired; renew what is in sessionTokenFile',
  AccessDeniedException: 'does not allow this; allow sqs:GetQueueUrl and sqs:GetQueueAttributes',
  AccessDenied: 'does not allow this; allow sqs:GetQueueUrl and sqs:GetQueueAttributes',
  CredentialsProviderError: 'was not asked: name accessKeyIdFile and secretAccessKeyFile, or give the pod a role (AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE)', // prettier-ignore
};

/** An error of words alone of what the SDK throws, whose fields hold the request. */
export function explainSqsError(host: string, error: unknown): Error {
  if (!(error instanceof Error)) return new Error(`${host} failed`);
  const name = error.name.split('.').at(-1) ?? '';
  const reason = reasonOfName[name];
  if (reason !== undefined) return new Error(`${host} ${reason}`);
  if (name === 'AbortError') return new Error(`${host} did not answer in time`);
  const status = statusOf(error);
  // Of our own HTTP client, or of a file with a secret: in words already, but the SDK adds fields.
  if (name === 'Error' && status === undefined) return new Error(error.message);
  if (name === 'SyntaxError')
    return new Error(`${host} answered something else than JSON; is this an endpoint of SQS?`);
  const said = cut(`${name} ${error.message}`, errorTextLength);
  return new Error(`${host} answered${status === undefined ? '' : ` ${status}`}: ${said}`);
}

/** What the server answered, where it did. */
function statusOf(error: Error): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
