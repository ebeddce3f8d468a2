import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { systemClock } from '../../../src/program/system-clock.ts';
import { GrpcLine } from '../../../src/scaler/answers/grpc-line.ts';
import { startGrpcThread } from '../../../src/scaler/answers/grpc-thread.ts';
import type { FromGrpc } from '../../../src/scaler/answers/message.ts';
import { KedaClient } from '../../support/keda-client.ts';
import { queueTrigger } from '../../support/running-scaler.ts';

const trigger = queueTrigger();

/** The real thread, with a test in the place of the one that decides. */
function start(port = 0) {
  const said: FromGrpc[] = [];
  const setting = { host: '127.0.0.1', port, maxConnectionAgeMs: 600_000, staleAfterMs: 45_000 };
  const line = new GrpcLine(startGrpcThread(systemClock)(setting), (message) => {
    said.push(message);
    if (message.say !== 'question') return;
    const decidedAtMs = Date.now();
    const answer = { state: 'decided', replicas: 2.4, active: true, isAtZero: false, decidedAtMs } as const;
    line.tell({ say: 'known', question: message.question, trigger: 1, answer });
  });
  return { line, said };
}

it('serves KEDA from a thread of its own, asks once for each trigger, and tells at its end what it has not told yet', async () => {
  const { line, said } = start();
  const keda = new KedaClient(`127.0.0.1:${await line.listening}`);
  const polled = { metric: 'required-replicas', target: 1, value: 2.4, active: true };
  expect(await keda.poll(trigger)).toEqual(polled);
  expect(await keda.poll(trigger)).toEqual(polled);
  const stream = keda.streamActivity(trigger);
  await stream.count(1);
  await line.stop();
  expect(await stream.ended).toMatchObject({ code: 'OK' });
  keda.close();
  expect(said.filter(({ say }) => say === 'question')).toHaveLength(1);
  const calls = said.flatMap((message) => (message.say === 'answered' ? message.calls : []));
  const counts = Map.groupBy(calls, ({ method, status }) => `${method} ${status}`);
  const total = (key: string): number => (counts.get(key) ?? []).reduce((sum, { seconds }) => sum + seconds.length, 0);
  expect([...counts.keys()].sort()).toEqual(['GetMetricSpec OK', 'GetMetrics OK', 'IsActive OK']);
  expect(total('GetMetrics OK')).toBe(2);
});

it('says which port it can not have', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  await expect(start(port).line.listening).rejects.toMatchObject({
    name: 'PortError',
    message: expect.stringMatching(new RegExp(`^port ${port} on 127.0.0.1: it is in use already`)) as string,
  });
  other.close();
});
