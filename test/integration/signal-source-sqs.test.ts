import { writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { describeTlsOf } from '../conformance/connection-tls.ts';
import { describeSignalSource } from '../conformance/signal-source.ts';
import { startHttpStandIn } from '../support/http-stand-in.ts';
import type { HttpStandIn } from '../support/http-stand-in.ts';
import { openAlone, openForTest, readFrom, secretFile } from '../support/open-connections.ts';
import { sourceOverHttp } from '../support/source-over-http.ts';

/** Against a stand-in, because there is no SQS to be had; in this suite because Amazon's client is slow to load and to run. */
const [keyId, secret] = ['AKIAEXAMPLEKEYID', 'correct-horse-battery-staple'];

describeSignalSource('sqs', () =>
  sourceOverHttp({
    connection: (url) => ({ type: 'sqs', name: 'jobs', url, region: 'eu-central-1', accessKeyIdFile: secretFile(keyId), secretAccessKeyFile: secretFile(secret), namespaces: ['*'] }), // prettier-ignore
    asked: { key: 'todo' },
    signals: ['queue', 'running'],
    text: (value) =>
      JSON.stringify({
        Attributes: { ApproximateNumberOfMessages: value, ApproximateNumberOfMessagesNotVisible: value },
      }),
    emptyText: '{}',
    other: ({ headers }) =>
      headers['x-amz-target'] === 'AmazonSQS.GetQueueUrl'
        ? { body: '{"QueueUrl":"http://169.254.169.254/123456789012/todo"}' }
        : undefined,
    strideBytes: 17,
    secrets: [keyId, secret],
  }),
);

/** A queue with three messages that wait and two that consumers hold. */
async function threeAndTwo(): Promise<HttpStandIn> {
  const Attributes = { ApproximateNumberOfMessages: '3', ApproximateNumberOfMessagesNotVisible: '2', ApproximateNumberOfMessagesDelayed: '4' }; // prettier-ignore
  return startHttpStandIn(({ headers }) => ({
    body: JSON.stringify(headers['x-amz-target'] === 'AmazonSQS.GetQueueUrl' ? { QueueUrl: 'http://q/1/todo' } : { Attributes }), // prettier-ignore
  }));
}

const access = () => ({ accessKeyIdFile: secretFile(keyId), secretAccessKeyFile: secretFile(secret) });

describeTlsOf('sqs', async () => {
  const { server } = await threeAndTwo();
  return {
    targetPort: server.port,
    open: (port, tls) => {
      const url = new URL(`https://127.0.0.1:${port}`);
      const open = openAlone({ type: 'sqs', name: 'jobs', url, region: 'eu-central-1', namespaces: ['*'], ...access(), ...tls }); // prettier-ignore
      return { source: open.source({ kind: 'connection', connection: 'jobs', key: 'todo' }, ['queue']), close: open.close }; // prettier-ignore
    },
    close: () => server.stop(),
  };
});

describe('a queue of SQS', () => {
  it('waits where messages are visible, runs where consumers hold them, and is asked with keys that were replaced', async () => {
    const standIn = await threeAndTwo();
    onTestFinished(() => standIn.server.stop());
    const files = access();
    const open = openForTest({ type: 'sqs', name: 'jobs', url: new URL(standIn.url), region: 'eu-central-1', namespaces: ['*'], ...files }); // prettier-ignore
    const told = async (asked: Parameters<typeof readFrom>[1]): Promise<unknown> =>
      Object.values(await readFrom(open, asked, ['queue', 'running', 'concurrency'])).map((one) => one.state === 'measured' && one.value); // prettier-ignore
    expect(await told({ key: 'todo' })).toEqual([3, 2, 5]);
    expect(await told({ key: 'todo', mode: 'with-delayed' })).toEqual([7, 2, 9]);
    writeFileSync(files.accessKeyIdFile, 'AKIAANOTHER');
    await told({ key: 'todo' });
    expect(standIn.seen.map(({ headers }) => /Credential=(\w+)/.exec(headers.authorization ?? '')?.[1])).toEqual([keyId, keyId, keyId, 'AKIAANOTHER']); // prettier-ignore
  });
});
