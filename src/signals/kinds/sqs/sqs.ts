import type { SQSClient } from '@aws-sdk/client-sqs';
import type { ConnectionOrigin } from '../../../domain/policy.ts';
import type { SqsConnection } from '../../connections/connections.ts';
import type { ConnectionTools, OpenConnection } from '../../connections/open-connection.ts';
import { absent, counted, measureBacklog } from '../measurement.ts';
import type { Backlog } from '../measurement.ts';
import type { Measurement } from '../../source.ts';
import { createSqsClient } from './sqs-client.ts';
import { explainSqsError } from './sqs-error.ts';

/** Reads how many messages of a queue are visible, and how many consumers hold. SQS calls both approximate. */
export function openSqs(connection: SqsConnection, tools: ConnectionTools): OpenConnection {
  const host = connection.url?.host ?? `sqs.${connection.region}.amazonaws.com`;
  let client: Promise<SQSClient> | undefined;
  const urls = new Map<string, string>();
  const read = async (origin: ConnectionOrigin, deadline: AbortSignal): Promise<Backlog> => {
    try {
      const sqs = await (client ??= createSqsClient(connection, tools));
      return await readQueue(sqs, { origin, connection, urls, deadline });
    } catch (error) {
      throw explainSqsError(host, error);
    }
  };
  return {
    source: (origin, signals) => ({
      label: `sqs ${connection.name}`,
      signals,
      read: async (_workload, deadline) => measureBacklog(await read(origin, deadline), signals),
    }),
    close: () => void client?.then((sqs) => sqs.destroy()),
  };
}

interface Question {
  readonly origin: ConnectionOrigin;
  readonly connection: SqsConnection;
  /** What SQS calls each queue, which never changes. */
  readonly urls: Map<string, string>;
  readonly deadline: AbortSignal;
}

const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible', 'ApproximateNumberOfMessagesDelayed'] as const; // prettier-ignore

async function readQueue(sqs: SQSClient, question: Question): Promise<Backlog> {
  const { GetQueueAttributesCommand } = await import('@aws-sdk/client-sqs');
  const QueueUrl = await urlOf(sqs, question);
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] });
  const { Attributes = {} } = await sqs.send(command, { abortSignal: question.deadline });
  const [visible, held, delayed] = names.map((name) => countOf(Attributes[name], name));
  const waiting = question.origin.mode === 'with-delayed' ? add(visible, delayed) : visible;
  return { waiting: waiting ?? absent('no count'), working: held ?? absent('no count') };
}

async function urlOf(sqs: SQSClient, { origin: { key = '' }, connection, urls, deadline }: Question): Promise<string> {
  const known = urls.get(key);
  if (known !== undefined) return known;
  const { GetQueueUrlCommand } = await import('@aws-sdk/client-sqs');
  const owner = connection.accountId === undefined ? {} : { QueueOwnerAWSAccountId: connection.accountId };
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: key, ...owner }), { abortSignal: deadline });
  if (QueueUrl === undefined) throw new Error('SQS told no URL of the queue');
  urls.set(key, QueueUrl);
  return QueueUrl;
}

function countOf(text: string | undefined, name: string): Measurement {
  if (text === undefined) return absent(`SQS told no ${name}`);
  return counted(/^\d+$/.test(text) ? Number(text) : undefined, name);
}

function add(first: Measurement | undefined, second: Measurement | undefined): Measurement | undefined {
  if (first?.state !== 'measured' || second?.state !== 'measured') return first?.state === 'measured' ? second : first;
  return { ...first, value: first.value + second.value, note: `${second.value} of them delayed` };
}
