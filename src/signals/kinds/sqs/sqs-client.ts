import type { SQSClient, SQSClientConfig } from '@aws-sdk/client-sqs';
import type { SqsConnection } from '../../connections/connections.ts';
import type { ConnectionTools } from '../../connections/open-connection.ts';
import { readTlsFiles } from '../../connections/tls-files.ts';
import type { Secrets } from '../../connections/secrets.ts';

/** As much of the SDK's request as is needed to send it. */
interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array;
}

/**
 * Amazon's client, which asks through our own HTTP client: so its answers are bounded and its addresses are checked like
 * all others. It never retries, and takes credentials only from files or from the role of the pod's service account, never
 * from instance metadata.
 */
export async function createSqsClient(connection: SqsConnection, tools: ConnectionTools): Promise<SQSClient> {
  const { SQSClient: Client } = await import('@aws-sdk/client-sqs');
  const { region, url } = connection;
  const config: SQSClientConfig = {
    region,
    ...(url === undefined ? {} : { endpoint: url.href }),
    credentials: await credentialsOf(connection, tools.secrets),
    maxAttempts: 1,
    // What a server calls a queue is a name here, not a place to send credentials to.
    useQueueUrlAsEndpoint: false,
    requestHandler: handlerOf(connection, tools) as NonNullable<SQSClientConfig['requestHandler']>,
  };
  return new Client(config);
}

function handlerOf(connection: SqsConnection, { http, secrets }: ConnectionTools) {
  return {
    handle: async (request: SdkRequest, { abortSignal }: { abortSignal: AbortSignal }) => {
      const port = request.port === undefined ? '' : `:${request.port}`;
      const url = new URL(`${request.protocol}//${request.hostname}${port}${request.path}`);
      const tls = url.protocol === 'https:' ? { tls: await readTlsFiles(connection, secrets) } : {};
      const { headers, body = '' } = request;
      const answer = await http.ask({ url, deadline: abortSignal, headers, body, ...tls });
      return { response: { statusCode: answer.status, headers: {}, body: Buffer.from(answer.body) } };
    },
    destroy: () => undefined,
  };
}

type Credentials = NonNullable<SQSClientConfig['credentials']>;

async function credentialsOf(connection: SqsConnection, secrets: Secrets): Promise<Credentials> {
  const { accessKeyIdFile, secretAccessKeyFile, sessionTokenFile } = connection;
  if (accessKeyIdFile === undefined || secretAccessKeyFile === undefined)
    return roleOfServiceAccount(connection.region);
  return async () => ({
    accessKeyId: await secrets.line('accessKeyIdFile', accessKeyIdFile),
    secretAccessKey: await secrets.line('secretAccessKeyFile', secretAccessKeyFile),
    ...(sessionTokenFile === undefined
      ? {}
      : { sessionToken: await secrets.line('sessionTokenFile', sessionTokenFile) }),
    // Over at once, so that the SDK asks again each time and a file that was replaced counts.
    expiration: new Date(0),
  });
}

/** The role that the environment names (AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE), as EKS sets it for a service account. */
async function roleOfServiceAccount(region: string): Promise<Credentials> {
  const { fromTokenFile } = await import('@aws-sdk/credential-provider-web-identity');
  return fromTokenFile({ clientConfig: { region } });
}
