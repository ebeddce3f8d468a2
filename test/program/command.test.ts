import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

function pilotlight(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ['src/cli/main.ts', ...args], { encoding: 'utf8' });
}

it('lists the commands when none is named', () => {
  const { status, stdout, stderr } = pilotlight();
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^Usage: npm run pilotlight -- COMMAND \[options\]\n\n {2}demo +Plays one business day/);
});

it('says which commands there are when it knows none of that name', () => {
  const { status, stdout, stderr } = pilotlight('dmeo');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^unknown command "dmeo"\n\nUsage: npm run pilotlight -- COMMAND \[options\]\n\n {2}demo /);
});

it('shows the flags of a command', () => {
  const { status, stdout } = pilotlight('demo', '--help');
  expect(status).toBe(0);
  expect(stdout).toContain('--once, PILOTLIGHT_ONCE\n');
  expect(stdout).toContain('--speed, PILOTLIGHT_SPEED\n');
});

it('refuses a value that makes no sense, in one line', () => {
  expect(pilotlight('demo', '--speed', 'fast')).toMatchObject({
    status: 2,
    stderr: '--speed: "fast" is not a whole number from 1 to 3600\n',
  });
});
