import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http2';
import type { ServerHttp2Stream } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { GrpcChannel } from '../../../src/gpu/kubelet/grpc-channel.ts';
import { GrpcFailure } from '../../../src/gpu/kubelet/grpc-failure.ts';

const settings = { path: '/v1.PodResourcesLister/List', longestMessage: 100, patienceMs: 20_000 };
const grpc = { ':status': 200, 'content-type': 'application/grpc' };

/** A channel to a server that answers each call with what `answer` does. */
async function channelTo(answer: (stream: ServerHttp2Stream) => void): Promise<GrpcChannel> {
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const server = createServer();
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => undefined);
    answer(stream);
  });
  const socket = join(folder, 'socket');
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(() => void server.close());
  const channel = new GrpcChannel(socket);
  onTestFinished(() => channel.close());
  return channel;
}

/** Answers bytes, and then the trailers. */
function answers(
  bytes: readonly number[],
  trailers: Readonly<Record<string, string>>,
): (stream: ServerHttp2Stream) => void {
  return (stream) => {
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    stream.respond(grpc, { waitForTrailers: true });
    stream.end(Buffer.from(bytes));
  };
}

describe('GrpcChannel', () => {
  it('answers the message, and sends its own with all that gRPC wants', async () => {
    const heard: unknown[] = [];
    const channel = await channelTo((stream) => {
      stream.on('data', (chunk: Buffer) => heard.push([...chunk]));
      stream.on('end', () => answers([0, 0, 0, 0, 2, 7, 8], { 'grpc-status': '0' })(stream));
    });
    expect([...(await channel.call(Buffer.from([1, 2, 3]), settings))]).toEqual([7, 8]);
    expect(heard).toEqual([[0, 0, 0, 0, 3, 1, 2, 3]]);
  });

  it.each([
    ['the status of a failure, its text decoded', answers([], { 'grpc-status': '9', 'grpc-message': 'not%20now%3A %C3%A4' }), 9, 'not now: ä'],
    ['a text that is badly encoded, as it is', answers([], { 'grpc-status': '13', 'grpc-message': '100%' }), 13, '100%'],
    ['the status that comes in place of headers', (stream: ServerHttp2Stream) => stream.respond({ ...grpc, 'grpc-status': '12', 'grpc-message': 'no' }, { endStream: true }), 12, 'no'],
    ['a status that is no number', answers([0, 0, 0, 0, 0], { 'grpc-status': '', 'grpc-message': 'what' }), 2, 'what'],
    ['an answer that is not gRPC', (stream: ServerHttp2Stream) => stream.respond({ ':status': 404 }, { endStream: true }), 2, 'HTTP status 404 in place of gRPC'],
    ['a message that was compressed', answers([1, 0, 0, 0, 1, 7], { 'grpc-status': '0' }), 13, 'a compressed message, which nobody asked for'],
    ['half a message', answers([0, 0, 0, 0, 9, 7], { 'grpc-status': '0' }), 13, 'not one whole message'],
    ['no message', answers([], { 'grpc-status': '0' }), 13, 'not one whole message'],
    ['a message longer than is wanted', answers([0, 0, 0, 0, 200, ...Array<number>(200).fill(7)], { 'grpc-status': '0' }), 8, 'more than 100 bytes'],
  ] as const)('tells %s', async (_, answer, code, message) => {
    const channel = await channelTo(answer);
    await expect(channel.call(Buffer.alloc(0), settings)).rejects.toMatchObject({ name: 'GrpcFailure', code, message });
    expect(channel.isOpen).toBe(true);
  }); // prettier-ignore

  it('ends with the connection, whatever was under way', async () => {
    const channel = await channelTo((stream) => {
      stream.respond(grpc);
      stream.session?.destroy();
    });
    await expect(channel.call(Buffer.alloc(0), settings)).rejects.toMatchObject({ code: 14 });
    expect(channel.isOpen).toBe(false);
    await expect(channel.call(Buffer.alloc(0), settings)).rejects.toMatchObject({ code: 14 });
  });

  it('gives up an answer that does not come', async () => {
    const channel = await channelTo((stream) => stream.respond(grpc));
    await expect(channel.call(Buffer.alloc(0), { ...settings, patienceMs: 10 })).rejects.toMatchObject({ code: 1 });
  });

  it('makes a message or a failure of any bytes and any status, and lives on', async () => {
    let answer: (stream: ServerHttp2Stream) => void = () => undefined;
    const channel = await channelTo((stream) => answer(stream));
    const status = fc.oneof(fc.constant('0'), fc.stringMatching(/^[ -~]{0,6}$/));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(255), { maxLength: 12 }), status, status, async (bytes, code, details) => {
        answer = answers(bytes, { 'grpc-status': code, 'grpc-message': details });
        const outcome = await channel.call(Buffer.alloc(0), settings).catch((error: unknown) => error);
        expect(outcome instanceof Buffer || outcome instanceof GrpcFailure).toBe(true);
        expect(channel.isOpen).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
