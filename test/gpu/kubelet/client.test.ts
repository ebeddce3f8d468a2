import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http2';
import type { ServerHttp2Stream } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Allocation } from '../../../src/domain/gpu.ts';
import { PodResourcesClient } from '../../../src/gpu/kubelet/client.ts';
import { loadPodResources } from '../../../src/gpu/kubelet/proto.ts';
import { startKubelet } from '../../../src/simulator/kubelet.ts';
import type { KubeletStandIn } from '../../../src/simulator/kubelet.ts';

function socketPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'kubelet.sock');
}

function clientOf(socket: string): PodResourcesClient {
  const client = new PodResourcesClient(socket);
  onTestFinished(() => client.close());
  return client;
}

async function kubeletAt(socket: string, allocations: () => readonly Allocation[]): Promise<KubeletStandIn> {
  const kubelet = await startKubelet(socket, allocations);
  onTestFinished(() => kubelet.close());
  return kubelet;
}

/** A server that answers every List with what `answer` says, for answers that no kubelet stand-in gives. */
async function serverAt(socket: string, code: number, details: string): Promise<void> {
  const server = new Server();
  onTestFinished(() => server.forceShutdown());
  server.addService(loadPodResources().service, {
    List: (_: unknown, answer: (error: object) => void) => answer({ code, details }),
  });
  await new Promise<void>((resolve) =>
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), () => resolve()),
  );
}

function holds(pod: string, deviceIds: string[], resource = 'nvidia.com/gpu'): Allocation {
  return { namespace: 'inference', pod, container: 'engine', resource, deviceIds };
}

describe('PodResourcesClient', () => {
  it('tells who holds what, a resource of several NUMA sets as one, and says nothing of containers without devices', async () => {
    const socket = socketPath();
    await kubeletAt(socket, () => [holds('a', ['GPU-1', 'GPU-2']), holds('a', ['GPU-2', 'GPU-3']), holds('a', ['mlx5_0'], 'rdma/hca'), holds('b', [])]); // prettier-ignore
    expect(await clientOf(socket).list()).toEqual([
      holds('a', ['GPU-1', 'GPU-2', 'GPU-3']),
      holds('a', ['mlx5_0'], 'rdma/hca'),
    ]);
  });

  it('sees every change, over and over', async () => {
    const socket = socketPath();
    let pods: Allocation[] = [];
    const kubelet = await kubeletAt(socket, () => pods);
    const client = clientOf(socket);
    expect(await client.list()).toEqual([]);
    pods = [holds('a', ['GPU-1'])];
    expect(await client.list()).toEqual(pods);
    pods = [];
    expect(await client.list()).toEqual([]);
    expect(kubelet.asked).toBe(3);
  });

  it('takes an answer of more than 4 MiB, which is where gRPC stops by itself', async () => {
    const socket = socketPath();
    await kubeletAt(socket, () => [
      holds(
        'big',
        Array.from({ length: 100_000 }, (_, i) => `GPU-${'0'.repeat(40)}${i}`),
      ),
    ]);
    expect((await clientOf(socket).list())[0]?.deviceIds).toHaveLength(100_000);
  });

  it('says that an answer of more than 16 MiB is too large', async () => {
    const socket = socketPath();
    await kubeletAt(socket, () => [
      holds(
        'huge',
        Array.from({ length: 18 }, (_, i) => `${i}`.repeat(1_000_000)),
      ),
    ]);
    await expect(clientOf(socket).list()).rejects.toThrow(
      `the answer of the kubelet at "${socket.slice(0, 80)}" is too large`,
    );
  });

  it('tells the rate limit from that, and keeps its channel', async () => {
    const socket = socketPath();
    const kubelet = await kubeletAt(socket, () => []);
    const client = clientOf(socket);
    kubelet.mood = 'limits-rate';
    await expect(client.list()).rejects.toThrow('limits the rate of its callers: others on this node ask too often');
    kubelet.mood = 'answers';
    expect(await client.list()).toEqual([]);
  });

  it.each([
    [status.UNIMPLEMENTED, 'unknown service', 'does not serve PodResources v1'],
    [status.UNAVAILABLE, 'shutting down', "can't be reached: shutting down"],
    [status.INTERNAL, 'boom', 'answered with an error: boom'],
  ])('puts code %i into words', async (code, details, words) => {
    const socket = socketPath();
    await serverAt(socket, code, details);
    await expect(clientOf(socket).list()).rejects.toThrow(words);
  });

  it('says that there is no socket, and finds a kubelet that comes, goes and comes again', async () => {
    const socket = socketPath();
    const client = clientOf(socket);
    await expect(client.list()).rejects.toThrow(/^the kubelet at ".*" can't be reached: .*ENOENT/);
    const first = await kubeletAt(socket, () => [holds('one', ['GPU-1'])]);
    expect(await client.list()).toEqual([holds('one', ['GPU-1'])]);
    first.close();
    await expect(client.list()).rejects.toThrow("can't be reached");
    await kubeletAt(socket, () => [holds('two', ['GPU-2'])]);
    expect(await client.list()).toEqual([holds('two', ['GPU-2'])]);
  });

  it('says that an answer is malformed, forgets it, and asks on', async () => {
    const socket = socketPath();
    const answers = [
      [0, 0, 0, 0, 2, 0x0a, 5],
      [0, 0, 0, 0, 0],
    ];
    const server = createServer();
    server.on('stream', (stream: ServerHttp2Stream) => {
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.end(Buffer.from(answers.shift() ?? []));
    });
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    onTestFinished(() => void server.close());
    const client = clientOf(socket);
    await expect(client.list()).rejects.toThrow('answered with an error: the message ends within a field');
    expect(await client.list()).toEqual([]);
  });

  it('gives up a question that is under way when it is closed', async () => {
    const socket = socketPath();
    const kubelet = await kubeletAt(socket, () => []);
    kubelet.mood = 'hangs';
    const client = clientOf(socket);
    const question = client.list();
    const refused = expect(question).rejects.toThrow('did not answer');
    await expect.poll(() => kubelet.asked).toBe(1);
    client.close();
    await refused;
  });
});
