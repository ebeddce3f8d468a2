import { describe, expect, it, onTestFinished } from 'vitest';
import { DirectScraper } from '../../../src/signals/scrape/direct-scraper.ts';
import { startHttpStandIn } from '../../support/http-stand-in.ts';
import type { Answer, HttpStandIn } from '../../support/http-stand-in.ts';

async function start(answer: Answer): Promise<{ standIn: HttpStandIn; ask: (changes?: object) => Promise<string> }> {
  const standIn = await startHttpStandIn(answer);
  const scraper = new DirectScraper();
  onTestFinished(async () => {
    scraper.close();
    await standIn.server.stop();
  });
  const request = { host: standIn.server.host, path: '/metrics', names: ['queue'] };
  const read = (changes?: object) => scraper.read({ ...request, ...changes }, AbortSignal.timeout(5_000));
  return { standIn, ask: async (changes) => (await read(changes)).text };
}

describe('a scraper', () => {
  it('reads the wanted lines, and keeps the connection for the next time', async () => {
    const { standIn, ask } = await start({ body: '# HELP other é\nother 1\nqueue{a="é"} 2\n' });
    for (let time = 0; time < 3; time += 1) {
      expect(Buffer.from(await ask(), 'latin1').toString()).toBe('queue{a="é"} 2\n');
    }
    expect(await ask({ names: ['other'] })).toBe('other 1\n');
    expect(new Set(standIn.seen.map(({ remotePort }) => remotePort)).size).toBe(1);
    expect(standIn.seen[0]).toMatchObject({ method: 'GET', path: '/metrics', headers: { host: standIn.server.host } });
  });

  it('asks once more when a kept connection turns out to be closed, but not on a new one', async () => {
    const { standIn, ask } = await start({ body: 'queue 1\n' });
    await ask();
    const hangUp = (): Promise<Answer> => {
      standIn.server.hangUp();
      return new Promise(() => undefined);
    };
    standIn.answer = ({ remotePort }) =>
      remotePort === standIn.seen[0]?.remotePort ? hangUp() : { body: 'queue 2\n' };
    expect(await ask()).toBe('queue 2\n');
    standIn.answer = hangUp;
    await expect(ask()).rejects.toThrow(/closed the connection/);
  });

  it('takes a path for nothing but a path', async () => {
    const { standIn, ask } = await start({ body: 'queue 1\n' });
    await ask({ path: '//elsewhere.example/m?x#y z' });
    expect(standIn.seen[0]).toMatchObject({
      path: '//elsewhere.example/m%3Fx%23y%20z',
      headers: { host: standIn.server.host },
    });
  });

  it.each<[string, object, RegExp]>([
    ['a link-local address', { host: '169.254.169.254:81' }, /^169\.254\.169\.254:81 leads to .* link-local/],
    ['a metadata name', { host: 'metadata.google.internal:81' }, /leads to metadata\.google\.internal/],
    ['what is no host', { host: 'a b:80' }, /^a b:80 is no address with a port$/],
    ['a host with a path', { host: 'a/b:80' }, /^a\/b:80 is no address with a port$/],
    ['a port that is none', { host: '127.0.0.1:70000' }, /^127\.0\.0\.1:70000 is no address with a port$/],
    ['a name without an address', { host: 'nowhere.invalid:9' }, /^nowhere\.invalid:9 has no address/],
  ])('refuses %s', async (_, changes, reason) => {
    const { ask } = await start({ body: '' });
    await expect(ask(changes)).rejects.toThrow(reason);
  });
});
