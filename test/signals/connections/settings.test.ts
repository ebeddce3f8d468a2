import { describe, expect, it } from 'vitest';
import { parseConnections } from '../../../src/signals/connections/connections.ts';

/** What is wrong with a connection of these settings; an empty text where nothing is. */
function problemsOf(settings: string): string {
  try {
    parseConnections(`connections: { jobs: { ${settings}, namespaces: ["*"] } }`, 'c.yaml');
    return '';
  } catch (error) {
    return (error as Error).message.replaceAll('c.yaml: connections.jobs.', '');
  }
}

const http = 'type: http-json, url: "https://h"';
const prometheus = 'type: prometheus, url: "http://p"';
const amqp = 'type: rabbitmq, url: "amqp://r", username: a, passwordFile: b';
const nats = 'type: nats, url: "nats://n"';
const kafka = 'type: kafka, brokers: ["k:9092"]';
const sqs = 'type: sqs, region: eu-central-1';
const redis = 'type: redis, url: "redis://r"';

describe('the settings of connections', () => {
  it.each([
    http,
    prometheus,
    amqp,
    nats,
    kafka,
    sqs,
    redis,
    'type: keda-http, url: "http://i"',
    'type: endpoint-picker, url: "http://e:9090"',
    `${sqs}, accessKeyIdFile: a, secretAccessKeyFile: b, sessionTokenFile: c, accountId: "123456789012"`,
    `${kafka}, tls: true, username: a, passwordFile: b, mechanism: PLAIN`,
    'type: nats, url: "tls://n", credsFile: a, caFile: b, serverName: n',
    'type: rabbitmq, url: "http://r:15672/base", bearerTokenFile: t',
    `${prometheus}, lookback: 2m, parameters: { dedup: "true" }, headers: { X-Scope-OrgID: a }`,
    'type: redis, url: "rediss://r/3", sentinel: { master: m, username: a, passwordFile: b }',
  ])('may be %s', (settings) => {
    expect(problemsOf(settings)).toBe('');
  });

  const header = 'can not be set here';
  const together = (first: string, second: string) => `${first} and ${second} go together: write both or neither`;
  it.each([
    ['type: prometheus, url: "ftp://p"', 'url must be a URL such as http://prometheus.monitoring:9090'],
    [
      'type: rabbitmq, url: "nats://r"',
      'url must be a URL such as amqp://rabbitmq.jobs:5672 or http://rabbitmq.jobs:15672',
    ],
    ['type: nats, url: "http://n"', 'url must be a URL such as nats://nats.jobs:4222'],
    [`${sqs}, url: "redis://s"`, 'url must be a URL such as https://sqs.eu-central-1.amazonaws.com'],
    ['type: nats, url: "nats://a:b@n"', 'url must not hold a user or a password; write username and passwordFile'],
    [
      'type: rabbitmq, url: "amqp://r/vhost", username: a, passwordFile: b',
      'url must end in the port; write the virtual host as vhost',
    ],
    ['type: rabbitmq, url: "amqp://r"', 'username and passwordFile are needed for AMQP'],
    [
      `${amqp}, bearerTokenFile: t`,
      "bearerTokenFile has no effect with AMQP; it is for http:// and https://\nbearerTokenFile can't stand beside username and passwordFile; write one of the two",
    ],
    [`${amqp}, headers: { X-A: b }`, 'headers has no effect with AMQP; it is for http:// and https://'],
    [`${amqp}, vhost: ""`, 'vhost must not be empty'],
    [`${amqp}, caFile: c`, 'caFile has no effect with amqp://; TLS needs amqps://'],
    [`${redis}, caFile: c`, 'caFile has no effect with redis://; TLS needs rediss://'],
    [`${nats}, serverName: n`, 'serverName has no effect with nats://; TLS needs tls://'],
    [
      `${prometheus}, certFile: a, keyFile: b`,
      'certFile has no effect with http://; TLS needs https://\nkeyFile has no effect with http://; TLS needs https://',
    ],
    [`${http}, certFile: a`, together('certFile', 'keyFile')],
    [`${kafka}, keyFile: a`, together('certFile', 'keyFile')],
    [`${http}, username: a`, together('username', 'passwordFile')],
    [`${nats}, passwordFile: a`, together('username', 'passwordFile')],
    [`${kafka}, username: a`, `${together('username', 'passwordFile')}\n${together('mechanism', 'username')}`],
    [`${kafka}, mechanism: PLAIN, tls: true`, together('mechanism', 'username')],
    [`${sqs}, accessKeyIdFile: a`, together('accessKeyIdFile', 'secretAccessKeyFile')],
    [
      `${nats}, username: a, passwordFile: b, tokenFile: c`,
      "tokenFile can't stand beside username; write one of the two",
    ],
    [`${nats}, tokenFile: a, credsFile: b`, "credsFile can't stand beside tokenFile; write one of the two"],
    [
      `${kafka}, username: a, passwordFile: b, mechanism: PLAIN`,
      'mechanism PLAIN would send the password in plain text; write tls: true, or another mechanism',
    ],
    [
      `${kafka}, username: a, passwordFile: b, mechanism: GSSAPI`,
      'mechanism must be PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512',
    ],
    [`${kafka}, tls: yes please`, 'tls must be true or false'],
    ['type: kafka, brokers: k', 'brokers must be a list such as [kafka.jobs:9092]'],
    ['type: kafka, brokers: []', 'brokers must name a broker'],
    ['type: kafka, brokers: [k]', 'brokers.0 must be host and port, such as kafka.jobs:9092'],
    ['type: kafka, brokers: ["k:99999"]', 'brokers.0 must be host and port, such as kafka.jobs:9092'],
    ['type: kafka, brokers: [3]', 'brokers.0 must be a text such as host:9092'],
    ['type: sqs', 'region must be a region such as eu-central-1'],
    ['type: sqs, region: EU', 'region must be a region such as eu-central-1'],
    [`${sqs}, accountId: 123456789012`, 'accountId must be a text of 12 digits'],
    [`${sqs}, accountId: "12"`, 'accountId must be a text of 12 digits'],
    [`${redis}, sentinel: m`, 'sentinel must be a map with master'],
    [`${redis}, sentinel: {}`, 'sentinel.master must be a text'],
    [
      `${redis}, sentinel: { master: m, passwordfile: a }`,
      'sentinel.passwordfile is unknown; did you mean "passwordFile"?',
    ],
    [`${prometheus}, lookback: 5`, 'lookback must be a duration such as "90s", "10m" or "1h30m"'],
    [`${prometheus}, lookback: 2h`, 'lookback must be a duration such as "90s", "10m" or "1h30m", from 1s up to 1h'],
    [`${prometheus}, parameters: { query: up }`, 'parameters must not hold query, time, start, end or step'],
    [`${prometheus}, parameters: [a]`, 'parameters must be a map from names of parameters to texts'],
    [`${prometheus}, parameters: { dedup: true }`, 'parameters.dedup must be a text'],
    [`${http}, headers: [a]`, 'headers must be a map from names of headers to texts'],
    [`${http}, headers: { X-A: 3 }`, 'headers.X-A must be a text'],
    [`${http}, headers: { X-A: "a\\nb" }`, 'headers.X-A must be a text of one line in ASCII'],
    [`${http}, headers: { Authorization: a }`, `headers.Authorization ${header}`],
    [`${http}, headers: { Host: a }`, `headers.Host ${header}`],
    [`${http}, headers: { "X A": a }`, `headers.X A ${header}`],
    [
      'type: keda-http, url: "http://i", lookback: 1m',
      'lookback is unknown; known here: type, url, bearerTokenFile, username, passwordFile, headers, caFile, certFile, keyFile, serverName, namespaces',
    ],
  ])('may not be %s', (settings, problems) => {
    expect(problemsOf(settings)).toBe(problems);
  });
});
