import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { simulateOptions } from '../../../src/cli/simulate/options.ts';
import { runSimulate } from '../../../src/cli/simulate/simulate.ts';
import { readOptions, UsageError } from '../../../src/program/options.ts';

const example = 'examples/office-hours-vllm.yaml';
const nowMs = Date.parse('2026-11-24T23:30:00Z');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pilotlight-'));
  return () => rm(folder, { recursive: true });
});

async function simulate(files: readonly string[], ...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const code = await runSimulate(files, readOptions(simulateOptions, args, {}), { print: (line) => lines.push(line), nowMs }); // prettier-ignore
  return { code, lines };
}

async function write(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

function manifest(name: string, metadata: string, more = ''): string {
  return `kind: ScaledObject
metadata: { name: ${name}, namespace: inference }
spec:
  cooldownPeriod: 60
  maxReplicaCount: 4
  triggers:
    - type: external-push
      metadata: { scalerAddress: 'pilotlight-scaler:6000', ${metadata} }
${more}`;
}

const sound = "queueFrom: jobs, queueKey: waiting, queueTarget: '5'";

describe('simulate', () => {
  it('plays demand from a file, on the day that it is where the trigger counts, with what KEDA and the HPA are told', async () => {
    const demand = await write('day.csv', 'time,requests_per_minute\n09:00,60\n09:10,0\n');
    const file = await write(
      'one.yaml',
      manifest('llama', sound, "    - type: cpu\n      metadata: { value: '50' }\n"),
    );
    const { code, lines } = await simulate(
      [file],
      '--demand',
      demand,
      '--slots',
      '4',
      '--service',
      '10s',
      '--startup',
      '1m',
    );
    expect(code).toBe(0);
    expect(lines.slice(0, 3)).toEqual([
      `inference/llama on 2026-11-24, UTC: demand of ${demand};`,
      'a pod serves 4 requests at once, each takes 10s; a pod is ready after 1m',
      'not played: 1 other trigger (cpu)',
    ]);
    expect(lines.find((line) => line.includes('→'))).toBe(
      '09:00:00  0 → 1     keda  load: queue 5 (jobs) / 5 per replica = 1 (5 waiting, 0 running)',
    );
    expect(lines.at(-2)).toMatch(/^600 of 600 requests served; none waited longer than \d+m/);
    expect(lines.at(-1)).toMatch(/ at zero; its 4 replicas around the clock would be 96$/);
  });

  it('plays nothing that has errors, and says them as validate does', async () => {
    const file = await write('broken.yaml', manifest('llama', sound.replace("'5'", 'many')));
    expect(await simulate([file])).toEqual({
      code: 1,
      lines: [
        `${file}:8: error: inference/llama: queueTarget: "many" is not a number above 0 and up to 1000000000, such as 5 or 0.5`,
      ],
    });
  });

  const two = `${manifest('llama', sound)}---\n${manifest('phi', sound)}`;
  const twice = manifest('llama', sound, `    - type: external\n      metadata: { scalerAddress: 'pilotlight:6000', ${sound} }\n`); // prettier-ignore
  it.each<[string, string, string[], (file: string) => string]>([
    ['two of which none is named', two, [], (file) => `${file} has several ScaledObjects; pick one with --name: inference/llama, inference/phi`], // prettier-ignore
    ['a name that there is not', two, ['--name', 'lama'], (file) => `--name: ${file} has no ScaledObject "lama" of pilotlight; did you mean "llama"?`], // prettier-ignore
    ['a name unlike any', two, ['--name', 'x'], (file) => `--name: ${file} has no ScaledObject "x" of pilotlight; it has inference/llama, inference/phi`], // prettier-ignore
    ['none of pilotlight', manifest('llama', sound).replace('pilotlight-scaler', 'scaler'), [], (file) => `${file} has no ScaledObject with a trigger whose scalerAddress contains "pilotlight"; see --address`], // prettier-ignore
    ['two triggers of pilotlight', twice, [], () => 'inference/llama has 2 triggers of pilotlight, and only one can be played; join them into one'], // prettier-ignore
    ['more than can be played', manifest('llama', sound), ['--peak', '100000'], () => 'the demand comes to 58080000 requests, more than the 5000000 that can be played; divide it, and --slots, by the same number'], // prettier-ignore
    ['a trace that is not there', manifest('llama', sound), ['--demand', '/nowhere.csv'], () => "/nowhere.csv can't be read: there is no such file"], // prettier-ignore
  ])('refuses %s', async (_, text, args, problem) => {
    const file = await write('file.yaml', text);
    await expect(simulate([file], ...args)).rejects.toThrow(new UsageError(problem(file)));
  });

  it('refuses a second file, and dates that are none', async () => {
    await expect(simulate(['a.yaml', 'b.yaml'])).rejects.toThrow(
      new UsageError('one file is played at a time; leave out b.yaml'),
    );
    for (const date of ['2026-02-30', 'tomorrow', '2026-1-1']) {
      const problem = `--date: "${date}" is not a date such as 2026-11-25`;
      await expect(simulate([example], '--date', date)).rejects.toThrow(new UsageError(problem));
    }
  });
});
