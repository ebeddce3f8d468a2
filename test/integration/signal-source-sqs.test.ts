import { describeSignalSource } from '../conformance/signal-source.ts';
import { secretFile } from '../support/open-connections.ts';
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
