import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('docs/architecture.md has a sentence for every room of src, and for no other', () => {
  const page = readFileSync('docs/architecture.md', 'utf8');
  const told = [...page.matchAll(/^\| `([a-z]+)`\s*\|/gm)].map(([, room]) => room);
  expect(told.sort()).toEqual(readdirSync('src').sort());
});
