import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Secrets } from '../../../src/signals/connections/secrets.ts';

const file = join(await mkdtemp(join(tmpdir(), 'pilotlight-')), 'secret');

it.each([
  ['swordfish', 'swordfish'],
  ['swordfish\n', 'swordfish'],
  [' sword fish \r\n', ' sword fish '],
])('a secret file with %j holds %j', async (text, secret) => {
  await writeFile(file, text);
  expect(await new Secrets().line('passwordFile', file)).toBe(secret);
});

it.each([
  ['', 'is empty'],
  ['\n', 'is empty'],
  ['sword\nfish', 'holds more than one line'],
])('a secret file with %j is refused', async (text, reason) => {
  await writeFile(file, text);
  await expect(new Secrets().line('passwordFile', file)).rejects.toThrow(new Error(`passwordFile "${file}" ${reason}`));
});

it('a secret file that is missing is named', async () => {
  await expect(new Secrets().line('bearerTokenFile', '/no/such')).rejects.toThrow(
    new Error('bearerTokenFile "/no/such" can\'t be read: there is no such file'),
  );
});

it('no text shows a secret that was read, whole or cut, nor the one before it', async () => {
  const secrets = new Secrets();
  for (const secret of ['first-swordfish', 'second-swordfish']) {
    await writeFile(file, secret);
    await secrets.line('passwordFile', file);
  }
  secrets.keep('basic', 'YW5uYTpzd29yZGZpc2g=');
  expect(secrets.hide('no second-swordfish here, but a fish; said YW5uYTpzd29yZGZpc2g=')).toBe('no *** here, but a fish; said ***'); // prettier-ignore
  expect(secrets.hide('the first-swordfish is gone')).toBe('the *** is gone');
  expect(secrets.hide('it said second-swor…')).toBe('it said ***…');
  expect(secrets.hide('nothing to hide')).toBe('nothing to hide');
});

it.each([
  ['in JSON', 'it said "pass\\"word /+é"', 'it said "***"'],
  ['in a URL', 'GET /?p=pass%22word%20%2F%2B%C3%A9', 'GET /?p=***'],
  ['in a form', 'p=pass%22word+%2F%2B%C3%A9&q=1', 'p=***&q=1'],
  ['in base64', `Basic ${Buffer.from('pass"word /+é').toString('base64')}`, 'Basic ***='],
  ['in base64 for URLs', `jwt ${Buffer.from('pass"word /+é').toString('base64url')}`, 'jwt ***'],
  ['cut off at the end', 'said pass"wor', 'said ***'],
])('no text shows a secret %s', async (_, text, hidden) => {
  await writeFile(file, 'pass"word /+é');
  const secrets = new Secrets();
  await secrets.line('passwordFile', file);
  expect(secrets.hide(text)).toBe(hidden);
});

it('no text shows a line of a secret of several', async () => {
  const key = ['-----BEGIN PRIVATE KEY-----', 'MIGHAgEAMBMGByqGSM49', 'short', '-----END PRIVATE KEY-----', ''].join(
    '\n',
  );
  await writeFile(file, key);
  const secrets = new Secrets();
  expect(await secrets.lines('keyFile', file)).toBe(key);
  expect(secrets.hide('said MIGHAgEAMBMGByqGSM49 and short')).toBe('said *** and short');
  expect(secrets.hide('-----BEGIN PRIVATE KEY-----')).toBe('-----BEGIN PRIVATE KEY-----');
});
