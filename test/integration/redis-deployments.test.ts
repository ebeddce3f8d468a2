import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RedisConnection } from '../../src/signals/connections/connections.ts';
import type { OpenConnection } from '../../src/signals/connections/open-connection.ts';
import { authority, client, otherAuthority, serverA, stranger } from '../support/certificates.ts';
import { openForTest, readFrom, secretFile } from '../support/open-connections.ts';
import { redisServer, ServerProgram } from '../support/server-program.ts';

/** A Redis with more flags, and whoever writes into it. */
async function startRedis(...flags: string[]): Promise<{ server: ServerProgram; writer: Redis }> {
  const bus = (port: number): string[] => (flags.includes('--cluster-enabled') ? ['--cluster-port', String(port)] : []);
  const server = await ServerProgram.start({ ...redisServer, args: (place) => [...redisServer.args(place), ...flags, ...bus(place.otherPort)] }); // prettier-ignore
  const writer = new Redis(server.port, '127.0.0.1', { maxRetriesPerRequest: null });
  writer.on('error', () => undefined);
  onTestFinished(async () => {
    writer.disconnect();
    await server.stop();
  });
  return { server, writer };
}

function open(url: string, changes: Partial<RedisConnection> = {}): OpenConnection {
  return openForTest({ type: 'redis', name: 'jobs', url: new URL(url), namespaces: ['*'], ...changes });
}

async function values(jobs: OpenConnection, asked: Parameters<typeof readFrom>[1]): Promise<unknown[]> {
  const told = await readFrom(jobs, asked, ['queue', 'running']);
  return Object.values(told).map((one) => (one.state === 'measured' ? one.value : 'absent'));
}

describe('a real Redis', () => {
  it('needs no more rights than the documentation says, for everything that it is asked', async () => {
    const rights = /A user needs ([A-Z, ]+) and (SELECT)/.exec(
      readFileSync('docs/configuration.md', 'utf8').replaceAll(/\s+/g, ' '),
    );
    const commands = [...(rights?.[1]?.split(', ') ?? []), rights?.[2] ?? ''].map((name) => `+${name.toLowerCase()}`);
    const { server, writer } = await startRedis();
    await writer.acl('SETUSER', 'reader', 'on', '>swordfish', '~*', ...commands);
    await writer.rpush('list', 'a', 'b');
    await writer.zadd('due', 1, 'a', Date.now() / 1_000 + 3_600, 'b');
    await writer.xgroup('CREATE', 'stream', 'workers', '$', 'MKSTREAM');
    await writer.xadd('stream', '*', 'job', '1');
    await writer.rpush('bull:mail:wait', '1');
    await writer.rpush('bull:mail:active', '2');
    await writer.rpush('celery', 'a');
    await writer.hset('unacked', 'tag', 'b');
    const jobs = open(`redis://${server.host}/0`, { username: 'reader', passwordFile: secretFile('swordfish') });
    expect(await values(jobs, { key: 'list' })).toEqual([2, 'absent']);
    expect(await values(jobs, { key: 'due' })).toEqual([2, 'absent']);
    expect(await values(jobs, { key: 'due', mode: 'due-seconds' })).toEqual([1, 'absent']);
    expect(await values(jobs, { key: 'stream', group: 'workers' })).toEqual([1, 0]);
    expect(await values(jobs, { key: 'mail', mode: 'bullmq' })).toEqual([1, 1]);
    expect(await values(jobs, { key: 'celery', mode: 'celery' })).toEqual([1, 1]);
    const other = open(`redis://${server.host}/3`, { username: 'reader', passwordFile: secretFile('swordfish') });
    expect(await values(other, { key: 'list' })).toEqual([0, 'absent']);
    await writer.acl('SETUSER', 'reader', '-llen');
    await expect(values(jobs, { key: 'list' })).rejects.toThrow(
      "allow it in this user's ACL: TYPE, LLEN, ZCARD, ZCOUNT, XINFO, HLEN, HEXISTS, LINDEX, SELECT",
    );
  });

  it('is read over TLS, and says what it has against a client certificate', async () => {
    const { server } = await startRedis();
    const pem = (name: string, text: string): string => {
      writeFileSync(join(server.directory, name), text);
      return join(server.directory, name);
    };
    const [caFile, certFile, keyFile] = [pem('ca', authority), pem('cert', client.cert), pem('key', client.key)];
    const files = [
      '--tls-cert-file',
      pem('s.crt', serverA.cert),
      '--tls-key-file',
      pem('s.key', serverA.key),
      '--tls-ca-cert-file',
      caFile,
    ];
    const secured = await ServerProgram.start({
      ...redisServer,
      args: ({ port, directory }) => [
        '--bind',
        '127.0.0.1',
        '--port',
        '0',
        '--tls-port',
        String(port),
        '--dir',
        directory,
        '--save',
        '',
        ...files,
      ],
    });
    onTestFinished(() => secured.stop());
    const url = `rediss://${secured.host}`;
    expect(await values(open(url, { caFile, certFile, keyFile }), { key: 'list' })).toEqual([0, 'absent']);
    await expect(values(open(url, { caFile }), { key: 'list' })).rejects.toThrow(
      `${secured.host} asks for a client certificate; name its files with certFile and keyFile`,
    );
    const strange = { certFile: pem('x.crt', stranger.cert), keyFile: pem('x.key', stranger.key) };
    await expect(values(open(url, { caFile, ...strange }), { key: 'list' })).rejects.toThrow(
      `${secured.host} does not accept the client certificate; check certFile and keyFile`,
    );
    await expect(values(open(url, { caFile: pem('o', otherAuthority) }), { key: 'list' })).rejects.toThrow(
      'shows a certificate of an authority that is not known here',
    );
  });

  it('is read as a cluster from any of its nodes', async () => {
    const flags = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'];
    const nodes = [await startRedis(...flags), await startRedis(...flags), await startRedis(...flags)];
    execFileSync('redis-cli', ['--cluster', 'create', ...nodes.map(({ server }) => server.host), '--cluster-yes'], {
      stdio: 'pipe',
    });
    await expect
      .poll(async () => (await nodes[0]?.writer.call('CLUSTER', 'INFO')) as string, { timeout: 20_000 })
      .toContain('cluster_state:ok');
    const keys = ['jobs-a', 'jobs-b', 'jobs-c', 'jobs-d', 'jobs-e', 'jobs-f'];
    for (const key of keys)
      execFileSync('redis-cli', ['-c', '-p', String(nodes[0]?.server.port), 'RPUSH', key, '1', '2'], { stdio: 'pipe' });
    for (const { server } of nodes) {
      const jobs = open(`redis://${server.host}`);
      for (const key of keys) expect(await values(jobs, { key })).toEqual([2, 'absent']);
    }
  });

  it('is found by its sentinels, also after another one has become the master', async () => {
    const master = await startRedis();
    const replica = await startRedis('--replicaof', '127.0.0.1', String(master.server.port));
    const sentinel = await ServerProgram.start(sentinelOf(master.server.port));
    onTestFinished(() => sentinel.stop());
    await master.writer.rpush('list', 'a', 'b', 'c');
    const jobs = open(`redis://${sentinel.host}`, { sentinel: { master: 'mymaster' } });
    expect(await values(jobs, { key: 'list' })).toEqual([3, 'absent']);

    await expect.poll(() => replica.writer.llen('list'), { timeout: 60_000 }).toBe(3);
    const fail = (): string => execFileSync('redis-cli', ['-p', String(sentinel.port), 'SENTINEL', 'FAILOVER', 'mymaster'], { encoding: 'utf8' }); // prettier-ignore
    await expect.poll(fail, { timeout: 60_000, interval: 500 }).toMatch(/^OK/);
    const role = async (): Promise<unknown> => ((await replica.writer.call('ROLE')) as unknown[])[0];
    await expect.poll(role, { timeout: 60_000 }).toBe('master');
    await master.server.stop();
    await replica.writer.rpush('list', 'd');
    const queue = (): Promise<unknown> => values(jobs, { key: 'list' }).catch(() => 'failed');
    await expect.poll(queue, { timeout: 60_000 }).toEqual([4, 'absent']);
    const unknown = open(`redis://${sentinel.host}`, { sentinel: { master: 'other' } });
    await expect(values(unknown, { key: 'list' })).rejects.toThrow(
      `the sentinels at ${sentinel.host} know no master "other"`,
    );
  });
});

/** A sentinel that watches the master on that port. */
function sentinelOf(masterPort: number): typeof redisServer {
  const args: (typeof redisServer)['args'] = ({ port, directory }) => {
    const file = join(directory, 'sentinel.conf');
    const lines = [`port ${port}`, 'bind 127.0.0.1', `dir ${directory}`, `sentinel monitor mymaster 127.0.0.1 ${masterPort} 1`]; // prettier-ignore
    writeFileSync(file, `${lines.join('\n')}\n`);
    return [file, '--sentinel'];
  };
  return { ...redisServer, args };
}
