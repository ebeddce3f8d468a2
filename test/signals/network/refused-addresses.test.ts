import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/signals/connections/connections.ts';
import { parseConnections } from '../../../src/signals/connections/connections.ts';
import {
  checkHost,
  guardedLookup,
  RefusedAddressError,
  resolveHost,
} from '../../../src/signals/network/refused-addresses.ts';
import { openForTest, readFrom, secretFile } from '../../support/open-connections.ts';

const refused = [
  '169.254.169.254',
  '169.254.170.2',
  '168.63.129.16',
  '100.100.100.200',
  '192.0.0.192',
  'fe80::1',
  'fe80::1%eth0',
  'FE80::A',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '0:0:0:0:0:ffff:a9fe:a9fe',
  '::169.254.169.254',
  '::ffff:168.63.129.16',
  '64:ff9b::169.254.169.254',
  '64:ff9b::a83f:8110',
  '2002:a9fe:a9fe::1',
  '2002:6464:64c8::',
  'metadata.google.internal',
  'Metadata.Google.Internal.',
  'instance-data',
];
const allowed = [
  '10.0.0.1',
  '127.0.0.1',
  '169.253.255.255',
  '169.255.0.1',
  '100.100.100.201',
  'fd00::1',
  'fec0::1',
  '::1',
  '64:ff9b::a00:1',
  '2002:a00:1::',
  'redis.jobs',
  'metadata.jobs',
  '1.2.3.4.example.com',
];

describe('addresses that connections may not use', () => {
  it.each(refused)('%s', (host) => {
    expect(() => checkHost(host)).toThrow(RefusedAddressError);
    expect(() => checkHost(host.includes(':') ? `[${host}]` : host)).toThrow(RefusedAddressError);
  });

  it.each(allowed)('are not those such as %s', (host) => {
    expect(() => checkHost(host)).not.toThrow();
  });

  /** Other ways to write an address, which the resolver understands without a name server. */
  const disguised = ['2852039166', '0xa9fea9fe', '0251.0376.0251.0376', '169.254.43518'];

  it.each(disguised)('nor names that resolve to one: %s', async (host) => {
    await expect(resolveHost(host)).rejects.toThrow(RefusedAddressError);
    const looked = new Promise((resolve) => guardedLookup(host, { all: true }, (error) => resolve(error)));
    expect(await looked).toBeInstanceOf(RefusedAddressError);
    const one = new Promise((resolve) => guardedLookup(host, {}, (error) => resolve(error)));
    expect(await one).toBeInstanceOf(RefusedAddressError);
  });

  it('so the socket goes to the address that was checked, whatever a name server says next', async () => {
    const found = await new Promise((resolve) =>
      guardedLookup('127.0.0.1', { all: true }, (_, addresses) => resolve(addresses)),
    );
    expect(found).toEqual([{ address: '127.0.0.1', family: 4 }]);
    expect(await resolveHost('127.0.0.1')).toEqual(['127.0.0.1']);
    expect(await resolveHost('[::1]')).toEqual(['::1']);
  });

  it.each([
    ['type: redis, url: "redis://169.254.169.254"', 'url'],
    ['type: prometheus, url: "http://[::ffff:169.254.169.254]"', 'url'],
    ['type: prometheus, url: "http://2852039166"', 'url'],
    ['type: prometheus, url: "http://0xA9.0xFE.0xA9.0xFE:80"', 'url'],
    ['type: nats, url: "nats://[fe80::1]:4222"', 'url'],
    ['type: rabbitmq, url: "amqp://metadata.google.internal:5672", username: a, passwordFile: b', 'url'],
    ['type: sqs, region: a, url: "http://169.254.170.2"', 'url'],
    ['type: kafka, brokers: ["169.254.169.254:80"]', 'brokers.0'],
  ])('are refused when connections are read: %s', (fields, place) => {
    const text = `connections: { jobs: { ${fields}, namespaces: ["*"] } }`;
    expect(() => parseConnections(text, 'c.yaml')).toThrow(
      new Error(`c.yaml: connections.jobs.${place} must not be a link-local or metadata address`),
    );
  });

  const place = { name: 'jobs', namespaces: ['*'] };
  const access = { username: 'anna', passwordFile: secretFile('swordfish') };
  it.each<[string, Connection]>([
    ['redis', { ...place, type: 'redis', url: new URL('redis://2852039166:6379') }],
    ['rabbitmq', { ...place, type: 'rabbitmq', url: new URL('amqp://2852039166:5672'), vhost: '/', ...access }],
    ['nats', { ...place, type: 'nats', url: new URL('nats://2852039166:4222') }],
  ])('are not connected to by %s, where a name leads there', async (_, connection) => {
    await expect(readFrom(openForTest(connection), { key: 'a/b', group: 'g', query: 'up' })).rejects.toThrow(
      / leads to 169.254.169.254, a link-local or metadata address, which connections may not use$/,
    );
  });
});
