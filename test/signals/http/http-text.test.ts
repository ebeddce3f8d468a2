import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createHttpTextClient } from '../../../src/signals/http/http-text.ts';
import type { HttpTextClient } from '../../../src/signals/http/http-text.ts';
import { startHttpStandIn } from '../../support/http-stand-in.ts';
import type { Answer, HttpStandIn } from '../../support/http-stand-in.ts';
import { testCertificate, testKey } from '../../support/test-certificate.ts';

async function start(answer: Answer, maxBytes?: number): Promise<{ standIn: HttpStandIn; http: HttpTextClient }> {
  const standIn = await startHttpStandIn(answer);
  const http = createHttpTextClient(maxBytes === undefined ? {} : { maxBytes });
  onTestFinished(async () => {
    http.close();
    await standIn.server.stop();
  });
  return { standIn, http };
}

const deadline = (): AbortSignal => AbortSignal.timeout(5_000);

describe('an HTTP text client', () => {
  it('gets a text, and keeps the connection for the next one', async () => {
    const { standIn, http } = await start({ body: 'é 1\n' });
    const request = { url: new URL(`${standIn.url}/metrics`), deadline: deadline() };
    expect(await http.text(request)).toBe('é 1\n');
    expect(await http.text(request)).toBe('é 1\n');
    expect(standIn.seen.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /metrics', 'GET /metrics']);
    expect(new Set(standIn.seen.map(({ remotePort }) => remotePort)).size).toBe(1);
  });

  it('posts a form', async () => {
    const { standIn, http } = await start({ body: '{}' });
    const form = new URLSearchParams({ query: 'sum(a{b="c"}) + 1' });
    const headers = { authorization: 'Bearer x' };
    await http.ask({ url: new URL(standIn.url), deadline: deadline(), form, headers });
    const [seen] = standIn.seen;
    expect(seen).toMatchObject({ method: 'POST', body: form.toString() });
    expect(seen?.headers).toMatchObject({ 'content-type': 'application/x-www-form-urlencoded', ...headers });
  });

  it('gives any status with its text to who asks for that', async () => {
    const { standIn, http } = await start({ status: 422, body: 'why' });
    expect(await http.ask({ url: new URL(standIn.url), deadline: deadline() })).toEqual({
      status: 422,
      body: 'why',
      contentType: 'text/plain',
    });
  });

  const chunked = { 'transfer-encoding': 'chunked' };
  const elsewhere = { location: 'http://127.0.0.1:1/' };
  it.each<[string, Answer, string]>([
    ['an error status', { status: 503, body: 'secret' }, 'answered 503'],
    ['a redirect', { status: 302, headers: elsewhere, body: '' }, 'answered 302; redirects are not followed'],
    ['too long a text', { body: 'x'.repeat(1_048_577) }, 'sent more than 1 MiB'],
    ['too long a text of unknown length', { headers: chunked, body: 'x'.repeat(3_000_000) }, 'sent more than 1 MiB'],
  ])('refuses %s', async (_, answer, reason) => {
    const { standIn, http } = await start(answer, 1_048_576);
    const asked = http.text({ url: new URL(`${standIn.url}/path`), deadline: deadline() });
    await expect(asked).rejects.toThrow(new Error(`${standIn.server.host} ${reason}`));
  });

  it('refuses an answer that breaks off within a stated length or a chunk', async () => {
    const { standIn, http } = await start({ body: '' });
    const reason = `${standIn.server.host} closed the connection before its answer was complete`;
    for (const head of ['content-length: 100', 'transfer-encoding: chunked']) {
      standIn.server.behave({ send: `HTTP/1.1 200 OK\r\n${head}\r\n\r\n8\r\nqueue 1\n\r\n` });
      const asked = http.text({ url: new URL(standIn.url), deadline: deadline() });
      await expect(asked).rejects.toThrow(new Error(reason));
    }
  });

  it('hands a body on as it comes, and nothing of an answer that is none', async () => {
    const { standIn, http } = await start({ body: 'one\n' });
    const pieces: string[] = [];
    const open = () => ({ write: (bytes: Uint8Array) => void pieces.push(Buffer.from(bytes).toString()), end: () => pieces.join('') }); // prettier-ignore
    const request = { url: new URL(standIn.url), deadline: deadline() };
    expect(await http.read(request, open)).toBe('one\n');
    standIn.answer = () => ({ status: 503, body: 'busy\n' });
    await expect(http.read(request, open)).rejects.toThrow(new Error(`${standIn.server.host} answered 503`));
    expect(pieces).toEqual(['one\n']);
    expect(new Set(standIn.seen.map(({ remotePort }) => remotePort)).size).toBe(1);
  });

  it('says in words what the network did', async () => {
    const { standIn, http } = await start({ body: '' });
    const { host } = standIn.server;
    const ask = (url: string, signal = deadline()): Promise<string> =>
      http.text({ url: new URL(url), deadline: signal });
    standIn.server.behave({ send: 'not HTTP at all\r\n\r\n' });
    await expect(ask(standIn.url)).rejects.toThrow(new Error(`${host} failed with HPE_INVALID_CONSTANT`));
    standIn.server.behave({ hang: true });
    await expect(ask(standIn.url, AbortSignal.timeout(50))).rejects.toThrow(
      new Error(`${host} did not answer in time`),
    );
    await standIn.server.stop();
    await expect(ask(standIn.url)).rejects.toThrow(new Error(`${host} refused the connection`));
    await expect(ask('http://nowhere.invalid:9')).rejects.toThrow(/^nowhere\.invalid:9 has no address/);
  });

  it('asks once more when a kept connection turns out to be closed, but not on a new one', async () => {
    const { standIn, http } = await start({ body: 'one\n' });
    const request = { url: new URL(standIn.url), deadline: deadline() };
    await http.text(request);
    let hangUps = 0;
    standIn.answer = (seen) => {
      if (hangUps > 0 || seen.remotePort !== standIn.seen[0]?.remotePort) return { body: 'two\n' };
      hangUps += 1;
      standIn.server.hangUp();
      return new Promise(() => undefined);
    };
    expect(await http.text(request)).toBe('two\n');
    standIn.answer = () => {
      standIn.server.hangUp();
      return new Promise(() => undefined);
    };
    await expect(http.text(request)).rejects.toThrow(/closed the connection/);
  });

  it('never shows a header, a path or a form in an error', async () => {
    const { standIn, http } = await start({ status: 401, body: 'swordfish' });
    const request = {
      url: new URL(`${standIn.url}/swordfish?swordfish`),
      deadline: deadline(),
      headers: { authorization: 'Bearer swordfish' },
      form: new URLSearchParams({ query: 'swordfish' }),
    };
    const failureOf = (headers: { authorization: string }): Promise<unknown> =>
      http.text({ ...request, headers }).catch((error: unknown) => error);
    const failures = [await failureOf(request.headers), await failureOf({ authorization: 'swordfish\n' })];
    await standIn.server.stop();
    failures.push(await failureOf(request.headers));
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(Error);
      expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain('swordfish');
    }
  });

  it('speaks TLS, and trusts nobody whose certificate it can not verify', async () => {
    const server = createServer({ key: testKey, cert: testCertificate }, (_, response) => response.end('never'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const http = createHttpTextClient();
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const asked = http.text({ url: new URL(`https://${host}`), deadline: deadline() });
    await expect(asked).rejects.toThrow(
      new Error(
        `${host} shows a certificate of an authority that is not known here; name the file of its CA with caFile`,
      ),
    );
  });
});
