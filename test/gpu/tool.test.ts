import { closeSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTool } from '../../src/gpu/tool.ts';

describe('a tool that can not be started', () => {
  let folder: string | undefined;
  let open: number | undefined;
  const inFolder = (name: string): string => join(folder ?? 'none', name);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pilotlight-tool-'));
    writeFileSync(inFolder('file'), 'no program', { mode: 0o644 });
    symlinkSync(inFolder('loop'), inFolder('loop'));
    writeFileSync(inFolder('busy'), '#!/bin/sh\n', { mode: 0o755 });
    open = openSync(inFolder('busy'), 'a');
  });

  afterAll(() => {
    if (open !== undefined) closeSync(open);
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  it.each([
    ['is not there', () => inFolder('missing'), 'ENOENT'],
    ['may not be executed', () => inFolder('file'), 'EACCES'],
    ['is a folder', () => inFolder(''), 'EACCES'],
    ['has a file in the place of a folder', () => inFolder('file/nvidia-smi'), 'ENOTDIR'],
    ['is a link to itself', () => inFolder('loop'), 'ELOOP'],
    ['is being written, as by a driver upgrade', () => inFolder('busy'), 'ETXTBSY'],
    ['has no name', () => '', 'ERR_INVALID_ARG_VALUE'],
  ])('is told as an exit, not thrown, where it %s', async (_, path, code) => {
    const tool = startTool(path(), [], { stdout: () => undefined, stderr: () => undefined });
    expect(await tool.ended).toMatchObject({ code: null, error: { code } });
    expect(() => tool.kill()).not.toThrow();
  });
});
