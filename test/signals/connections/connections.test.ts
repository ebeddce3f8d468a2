import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConnections, parseConnections } from '../../../src/signals/connections/connections.ts';
import type { ConnectionLookup } from '../../../src/signals/connections/connections.ts';

const text = `
connections:
  jobs:
    type: redis
    url: rediss://redis.batch:6380/2
    username: pilotlight
    passwordFile: /secrets/jobs
    namespaces: [batch, inference]
  gateway:
    type: prometheus
    url: https://prometheus.monitoring:9090/prometheus
    bearerTokenFile: /secrets/gateway
    namespaces: ["*"]
  payroll:
    type: prometheus
    url: http://prometheus.payroll:9090
    username: anna
    passwordFile: /secrets/payroll
    namespaces: [payroll]
`;

function one(fields: string): string {
  return `connections: { jobs: { ${fields} } }`;
}

describe('the connections file', () => {
  it('gives each connection its type, its address and its secrets', () => {
    const connections = parseConnections(text, 'connections.yaml');
    expect(connections.lookup('jobs', 'batch')).toEqual({
      state: 'found',
      connection: {
        name: 'jobs',
        type: 'redis',
        url: new URL('rediss://redis.batch:6380/2'),
        username: 'pilotlight',
        passwordFile: '/secrets/jobs',
        namespaces: ['batch', 'inference'],
      },
    });
    expect(connections.lookup('gateway', 'anywhere')).toMatchObject({
      connection: { type: 'prometheus', bearerTokenFile: '/secrets/gateway' },
    });
    expect(connections.lookup('payroll', 'payroll')).toMatchObject({ connection: { username: 'anna' } });
  });

  it.each(['', '{}', 'connections:', '{"connections":{}}', '# nothing\n'])('may be empty: %j', (empty) => {
    const reason = 'no connection "jobs"; namespace "batch" may use none';
    expect(parseConnections(empty, 'c.yaml').lookup('jobs', 'batch')).toEqual({ state: 'refused', reason });
  });

  const redis = 'type: redis, url: redis://r';
  const prometheus = 'type: prometheus, url: http://p';
  const forAll = 'namespaces: ["*"]';
  it.each([
    ['{', 'c.yaml: Flow map must end with a } at line 1, column 2'],
    ['a: 1\na: 2', 'c.yaml: Map keys must be unique at line 2, column 1'],
    ['- 1', 'c.yaml: must be a map with the key connections'],
    ['connection: {}', 'c.yaml: connection is unknown; did you mean "connections"?'],
    ['connections: 3', 'c.yaml: connections must be a map from names to connections'],
    ['connections: { jobs: 1 }', 'c.yaml: connections.jobs must be a map with a type'],
    [
      one('type: cafka'),
      'c.yaml: connections.jobs.type must be one of redis, prometheus, rabbitmq, nats, kafka, sqs, keda-http, endpoint-picker, http-json',
    ],
    [
      one(`url: redis://r, ${forAll}`),
      'c.yaml: connections.jobs.type must be one of redis, prometheus, rabbitmq, nats, kafka, sqs, keda-http, endpoint-picker, http-json',
    ],
    [one(`type: redis, ${forAll}`), 'c.yaml: connections.jobs.url must be a URL such as redis://redis.jobs:6379/0'],
    [
      one(`type: redis, url: 3, ${forAll}`),
      'c.yaml: connections.jobs.url must be a URL such as redis://redis.jobs:6379/0',
    ],
    [
      one(`type: redis, url: http://r, ${forAll}`),
      'c.yaml: connections.jobs.url must be a URL such as redis://redis.jobs:6379/0',
    ],
    [
      one(`type: redis, url: "redis:", ${forAll}`),
      'c.yaml: connections.jobs.url must be a URL such as redis://redis.jobs:6379/0',
    ],
    [
      one(`type: redis, url: redis://r/x, ${forAll}`),
      'c.yaml: connections.jobs.url must end in the number of a database or in nothing: redis://redis.jobs:6379/0',
    ],
    [
      one(`type: redis, url: redis://u:swordfish@r, ${forAll}`),
      'c.yaml: connections.jobs.url must not hold a user or a password; write username and passwordFile',
    ],
    [
      one(`type: prometheus, url: redis://p, ${forAll}`),
      'c.yaml: connections.jobs.url must be a URL such as http://prometheus.monitoring:9090',
    ],
    [
      one(`type: prometheus, url: http://u:swordfish@p, ${forAll}`),
      'c.yaml: connections.jobs.url must not hold a user or a password; write username and passwordFile',
    ],
    [
      one(redis),
      'c.yaml: connections.jobs.namespaces must be a list of the namespaces that may use the connection, ["*"] for all',
    ],
    [
      one(`${redis}, namespaces: "*"`),
      'c.yaml: connections.jobs.namespaces must be a list of the namespaces that may use the connection, ["*"] for all',
    ],
    [
      one(`${redis}, namespaces: []`),
      'c.yaml: connections.jobs.namespaces must name the namespaces that may use the connection, ["*"] for all',
    ],
    [
      one(`${redis}, namespaces: [a, B]`),
      'c.yaml: connections.jobs.namespaces.1 must be the name of a namespace, or "*" for all',
    ],
    [
      one(`${redis}, ${forAll}, passwordfile: x`),
      'c.yaml: connections.jobs.passwordfile is unknown; did you mean "passwordFile"?',
    ],
    [
      one(`${redis}, ${forAll}, org: x`),
      'c.yaml: connections.jobs.org is unknown; known here: type, url, username, passwordFile, sentinel, caFile, certFile, keyFile, serverName, namespaces',
    ],
    [
      one(`${prometheus}, ${forAll}, org: x`),
      'c.yaml: connections.jobs.org is unknown; known here: type, url, bearerTokenFile, username, passwordFile, headers, caFile, certFile, keyFile, serverName, parameters, lookback, namespaces',
    ],
    [one(`${redis}, ${forAll}, passwordFile: 3`), 'c.yaml: connections.jobs.passwordFile must be a text'],
    [one(`${redis}, ${forAll}, passwordFile: ""`), 'c.yaml: connections.jobs.passwordFile must not be empty'],
    [one(`${redis}, ${forAll}, username: anna`), 'c.yaml: connections.jobs.username needs passwordFile beside it'],
    [
      one(`${prometheus}, ${forAll}, username: anna`),
      'c.yaml: connections.jobs.username and passwordFile go together: write both or neither',
    ],
    [
      one(`${prometheus}, ${forAll}, passwordFile: x`),
      'c.yaml: connections.jobs.username and passwordFile go together: write both or neither',
    ],
    [
      one(`${prometheus}, ${forAll}, username: a, passwordFile: b, bearerTokenFile: c`),
      "c.yaml: connections.jobs.bearerTokenFile can't stand beside username and passwordFile; write one of the two",
    ],
    [
      `connections: { Jobs: { ${redis}, ${forAll} } }`,
      'c.yaml: connections.Jobs needs another name: lower-case letters, digits and "-"',
    ],
    ...['__proto__', 'a_b', '-jobs', '9'.repeat(64)].map((name) => [
      `connections: { "${name}": { ${redis}, ${forAll} } }`,
      `c.yaml: connections.${name} needs another name: lower-case letters, digits and "-"`,
    ]),
    [
      'more: 1\nconnections: { jobs: { type: x } }',
      'c.yaml: connections.jobs.type must be one of redis, prometheus, rabbitmq, nats, kafka, sqs, keda-http, endpoint-picker, http-json\nc.yaml: more is unknown; known here: connections',
    ],
  ])('refuses %j', (bad, reason) => {
    expect(() => parseConnections(bad, 'c.yaml')).toThrow(new Error(reason));
  });

  it('is read from a file, which errors name', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'pilotlight-')), 'connections.yaml');
    await writeFile(file, text);
    expect((await loadConnections(file)).lookup('gateway', 'x').state).toBe('found');
    await writeFile(file, 'connections: 3');
    await expect(loadConnections(file)).rejects.toThrow(
      new Error('connections.yaml: connections must be a map from names to connections'),
    );
    await expect(loadConnections('/no/such')).rejects.toThrow(
      new Error("the connections file /no/such can't be read: ENOENT"),
    );
  });
});

describe('a connection', () => {
  const connections = parseConnections(text, 'connections.yaml');

  it.each([
    [
      'jobs',
      'payroll',
      `connection "jobs" may not be used from namespace "payroll"; its "namespaces" in the scaler's connections say from where`,
    ],
    ['job', 'batch', 'no connection "job"; did you mean "jobs"?'],
    ['kafka', 'batch', 'no connection "kafka"; namespace "batch" may use gateway, jobs'],
    ['pay-roll', 'batch', 'no connection "pay-roll"; namespace "batch" may use gateway, jobs'],
    ['pay-roll', 'payroll', 'no connection "pay-roll"; did you mean "payroll"?'],
    ['', 'other', 'no connection ""; namespace "other" may use gateway'],
  ])('%j is refused to namespace %j, and tells nothing of what is not for it', (name, namespace, reason) => {
    const refused: ConnectionLookup = { state: 'refused', reason };
    expect(connections.lookup(name, namespace)).toEqual(refused);
  });
});
