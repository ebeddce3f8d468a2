import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readSecretFile } from '../../../src/signals/connections/secret-file.ts';

const file = join(await mkdtemp(join(tmpdir(), 'pilotlight-')), 'secret');

it.each([
  ['swordfish', 'swordfish'],
  ['swordfish\n', 'swordfish'],
  [' sword fish \r\n', ' sword fish '],
])('a secret file with %j holds %j', async (text, secret) => {
  await writeFile(file, text);
  expect(await readSecretFile('passwordFile', file)).toBe(secret);
});

it.each([
  ['', 'is empty'],
  ['\n', 'is empty'],
  ['sword\nfish', 'holds more than one line'],
])('a secret file with %j is refused', async (text, reason) => {
  await writeFile(file, text);
  await expect(readSecretFile('passwordFile', file)).rejects.toThrow(new Error(`passwordFile "${file}" ${reason}`));
});

it('a secret file that is missing is named', async () => {
  await expect(readSecretFile('bearerTokenFile', '/no/such')).rejects.toThrow(
    new Error('bearerTokenFile "/no/such" can\'t be read: there is no such file'),
  );
});
