import { beforeEach, describe, expect, it } from 'vitest';
import { KubeError } from '../../../../src/kubernetes/cluster/api/kube-error.ts';
import { Writes } from '../../../../src/kubernetes/cluster/writes/writes.ts';
import { HandClock } from '../../../support/hand-clock.ts';
import { recordingLogger } from '../../../support/recording-logger.ts';

describe('Writes', () => {
  let clock: HandClock;
  let writes: Writes;
  let sent: string[];
  let failure: Error | undefined;
  const { logger, lines } = recordingLogger();

  beforeEach(() => {
    clock = new HandClock();
    writes = new Writes(clock, logger);
    sent = [];
    failure = undefined;
    lines.length = 0;
  });

  function put(key: string, what = key, kind = 'events'): void {
    const send = (): Promise<void> => {
      sent.push(what);
      return failure ? Promise.reject(failure) : Promise.resolve();
    };
    writes.put({ kind, key, send });
  }

  it('sends ten a second at most, in order', async () => {
    for (let index = 0; index < 25; index += 1) put(`w${index}`);
    await clock.advance(999);
    expect(sent).toHaveLength(10);
    await clock.advance(1_501);
    expect(sent).toEqual(Array.from({ length: 25 }, (_, index) => `w${index}`));
    expect(clock.pending).toBe(0);
  });

  it('sends the latest of what waits under one key', async () => {
    put('first');
    put('llama', 'old');
    put('llama', 'new');
    await clock.advance(1_000);
    expect(sent).toEqual(['first', 'new']);
  });

  it('drops what is too much', async () => {
    for (let index = 0; index < 2_100; index += 1) put(`w${index}`);
    await clock.advance(300_000);
    expect(sent).toHaveLength(2_001);
  });

  it('says once that a kind is not allowed, goes on with the others, and tries again after ten minutes', async () => {
    failure = new KubeError('forbidden', 403);
    put('a');
    put('b');
    await clock.advance(1_000);
    put('c');
    await clock.advance(1_000);
    expect(sent).toEqual(['a']);
    put('d', 'd', 'annotations');
    await clock.advance(1_000);
    expect(sent).toEqual(['a', 'd']);
    expect(lines.map(({ msg, kind, reason }) => ({ msg, kind, reason }))).toEqual([
      { msg: 'kubernetes writes are not allowed; going on without', kind: 'events', reason: 'forbidden' },
      { msg: 'kubernetes writes are not allowed; going on without', kind: 'annotations', reason: 'forbidden' },
    ]);

    await clock.advance(600_000);
    failure = undefined;
    put('e');
    await clock.advance(0);
    expect(sent).toEqual(['a', 'd', 'e']);
    expect(lines.at(-1)).toMatchObject({ msg: 'kubernetes writes work again', kind: 'events' });
  });

  it('tries nothing twice, and says once that it fails', async () => {
    failure = new KubeError('no answer within 15 s');
    put('a');
    put('b');
    await clock.advance(1_000);
    expect(sent).toEqual(['a', 'b']);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ msg: 'kubernetes write failed', reason: 'no answer within 15 s' });
  });

  it('sends nothing more once it is closed', async () => {
    put('a');
    put('b');
    writes.close();
    put('c');
    await clock.advance(1_000);
    expect(sent).toEqual(['a']);
    expect(clock.pending).toBe(0);
  });
});
