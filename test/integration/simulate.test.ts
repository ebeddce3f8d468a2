import { expect, it } from 'vitest';
import { simulateOptions } from '../../src/cli/simulate/options.ts';
import { runSimulate } from '../../src/cli/simulate/simulate.ts';
import { readOptions } from '../../src/program/options.ts';

it('plays the whole day of an example, from night to night', async () => {
  const lines: string[] = [];
  const options = readOptions(simulateOptions, ['--date', '2026-11-25'], {});
  const print = (line: string): void => void lines.push(line);
  expect(await runSimulate(['examples/office-hours-vllm.yaml'], options, { print, nowMs: 0 })).toBe(0);
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../golden/simulate-office-hours.txt');
});
