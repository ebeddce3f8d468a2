import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { NatsConnection } from '../../src/signals/connections/connections.ts';
import type { OpenConnection } from '../../src/signals/connections/open-connection.ts';
import { authority, client, serverA, stranger } from '../support/certificates.ts';
import { openForTest, readFrom, secretFile } from '../support/open-connections.ts';
import { natsServer, ServerProgram } from '../support/server-program.ts';

/** A NATS with JetStream and this in its configuration. `FOLDER` in it is the server's own. */
async function startNats(configuration: string, files: Readonly<Record<string, string>> = {}): Promise<ServerProgram> {
  const server = await ServerProgram.start({
    ...natsServer,
    args: ({ port, directory }) => {
      for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
      const file = join(directory, 'nats.conf');
      writeFileSync(file, `jetstream { store_dir: "${directory}" }\n${configuration.replaceAll('FOLDER', directory)}`);
      return ['--addr', '127.0.0.1', '--port', String(port), '--config', file];
    },
  });
  onTestFinished(() => server.stop());
  return server;
}

/** A stream with two messages that a consumer has still to be given. */
async function fill(access: Parameters<typeof connect>[0]): Promise<void> {
  const writer = await connect(access);
  const manager = await jetstreamManager(writer);
  await manager.streams.add({ name: 'JOBS', subjects: ['jobs.*'] });
  await manager.consumers.add('JOBS', { durable_name: 'workers', ack_policy: 'explicit' });
  for (let job = 0; job < 2; job += 1) await jetstream(writer).publish('jobs.new', 'work');
  await writer.close();
}

function open(url: string, changes: Partial<NatsConnection>): OpenConnection {
  return openForTest({ type: 'nats', name: 'jobs', url: new URL(url), namespaces: ['*'], ...changes });
}

async function queue(jobs: OpenConnection): Promise<unknown> {
  const { queue: told } = await readFrom(jobs, { key: 'JOBS', group: 'workers' });
  return told?.state === 'measured' ? told.value : told?.reason;
}

describe('a real NATS', () => {
  it('needs no more rights than the documentation says, and says which are missing', async () => {
    const writer = '{ user: writer, password: w }';
    const reader = (rights: string): string => `{ user: reader, password: swordfish, permissions: { ${rights} } }`;
    const access = { username: 'reader', passwordFile: secretFile('swordfish') };
    const enough = await startNats(`authorization { users: [${writer}, ${reader('publish: "$JS.API.CONSUMER.INFO.>", subscribe: "_INBOX.>"')}] }`); // prettier-ignore
    await fill({ servers: enough.host, user: 'writer', pass: 'w' });
    expect(await queue(open(`nats://${enough.host}`, access))).toBe(2);
    const less = await startNats(`authorization { users: [${writer}, ${reader('publish: "other"')}] }`);
    await fill({ servers: less.host, user: 'writer', pass: 'w' });
    await expect(queue(open(`nats://${less.host}`, access))).rejects.toThrow(
      `${less.host} does not let these credentials ask JetStream; allow them $JS.API.CONSUMER.INFO.>`,
    );
  });

  it('is read with a token, and in a domain', async () => {
    const server = await startNats('authorization { token: "swordfish" }');
    await fill({ servers: server.host, token: 'swordfish' });
    expect(await queue(open(`nats://${server.host}`, { tokenFile: secretFile('swordfish') }))).toBe(2);
    await expect(queue(open(`nats://${server.host}`, { tokenFile: secretFile('wrong') }))).rejects.toThrow(
      `${server.host} does not know these credentials; check username and passwordFile, tokenFile or credsFile`,
    );
    await expect(
      queue(open(`nats://${server.host}`, { tokenFile: secretFile('swordfish'), domain: 'elsewhere' })),
    ).rejects.toThrow(`${server.host} has no JetStream here; enable it there, or name its domain`);
  });

  it('is read over TLS, and says what it has against a client certificate', async () => {
    const files = { 's.crt': serverA.cert, 's.key': serverA.key, 'ca.crt': authority, 'c.crt': client.cert, 'c.key': client.key, 'x.crt': stranger.cert, 'x.key': stranger.key }; // prettier-ignore
    const server = await startNats('tls { cert_file: "FOLDER/s.crt", key_file: "FOLDER/s.key", ca_file: "FOLDER/ca.crt", verify: true }', files); // prettier-ignore
    const at = (name: string): string => join(server.directory, name);
    const own = { certFile: at('c.crt'), keyFile: at('c.key') };
    await fill({ servers: server.host, tls: { caFile: at('ca.crt'), ...own } });
    const caFile = at('ca.crt');
    expect(await queue(open(`tls://${server.host}`, { caFile, ...own }))).toBe(2);
    // NATS says why and hangs up at once; on a busy machine the second can overtake the first, so it is asked again.
    const refused = `${server.host} does not accept the client certificate, or wants one; check certFile and keyFile`;
    const refusal = (files: object) => queue(open(`tls://${server.host}`, { caFile, ...files })).then(() => 'let in', (error: unknown) => (error as Error).message); // prettier-ignore
    await expect.poll(() => refusal({}), { timeout: 45_000 }).toBe(refused);
    const strange = { certFile: at('x.crt'), keyFile: at('x.key') };
    await expect.poll(() => refusal(strange), { timeout: 45_000 }).toBe(refused);
  });
});
