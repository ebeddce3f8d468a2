import { Agent, createServer, get } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepAtMost } from '../../../src/signals/http/kept-connections.ts';

let servers: Server[];
let connections: number;
const agent = new Agent({ keepAlive: true });
keepAtMost(agent, 2);

beforeEach(async () => {
  connections = 0;
  servers = Array.from({ length: 4 }, () =>
    createServer((_, response) => response.end('ok')).on('connection', () => (connections += 1)),
  );
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))));
});
afterEach(() => {
  agent.destroy();
  for (const server of servers) server.close();
});

function ask(server: Server): Promise<void> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', agent }, (response) => response.resume().on('close', resolve)).on('error', reject);
  });
}

it('keeps as many connections as it may, and uses them again', async () => {
  for (const server of servers) await ask(server);
  expect(Object.keys(agent.freeSockets)).toHaveLength(2);
  for (const server of servers) await ask(server);

  expect(connections).toBe(4 + 2);
});

it('keeps another one when one of them is closed', async () => {
  for (const server of servers) await ask(server);
  servers[0]?.closeAllConnections();
  await vi.waitFor(() => expect(Object.keys(agent.freeSockets)).toHaveLength(1));

  for (const server of servers.slice(1)) await ask(server);

  expect(Object.keys(agent.freeSockets)).toHaveLength(2);
});
