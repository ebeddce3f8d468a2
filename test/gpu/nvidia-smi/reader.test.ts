import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import type { TestContext } from 'vitest';
import { NvidiaSmiReader } from '../../../src/gpu/nvidia-smi/reader.ts';
import type { ReaderEvent } from '../../../src/gpu/reader.ts';
import { HandClock } from '../../support/hand-clock.ts';

const uuid = (position: number): string => `GPU-0f0f0f0f-1111-2222-3333-00000000000${position}`;
const patience = { timeout: 15_000, interval: 10 };

/** An nvidia-smi whose loop shows only the GPUs that there were when it began, as its reports do not. */
function forgetfulNvidiaSmi(test: TestContext): {
  path: string;
  show(gpus: number, replays: number): void;
  reports(): number;
  /** PID and arguments of each pmon so far. */
  watches(): string[];
} {
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-'));
  test.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [path, at] = [join(folder, 'nvidia-smi'), (name: string): string => join(folder, name)];
  const script = [
    '#!/bin/sh',
    `case "$*" in`,
    `*help-query-gpu*) printf '"index"\\n"uuid"\\n"count"\\n' ;;`,
    `pmon*) echo "$$ $*" >> '${at('watches')}'; exec sleep 60 ;;`,
    `*-x*) echo x >> '${at('asked')}'; cat '${at('report')}' ;;`,
    `*) rows=$(cat '${at('rows')}'); echo 'index, uuid, count'; while echo "$rows"; do sleep 0.02; done ;;`,
    'esac',
  ];
  writeFileSync(path, script.join('\n'));
  chmodSync(path, 0o755);
  writeFileSync(at('asked'), '');
  writeFileSync(at('watches'), '');
  return {
    path,
    show(gpus, replays) {
      const all = Array.from({ length: gpus }, (_, position) => position);
      const elements = all.map((position) => `<gpu id="0"><uuid>${uuid(position)}</uuid><pci><replay_counter>${replays}</replay_counter></pci></gpu>`); // prettier-ignore
      writeFileSync(at('report'), `<nvidia_smi_log>${elements.join('')}</nvidia_smi_log>`);
      writeFileSync(at('rows'), all.map((position) => `${position}, ${uuid(position)}, ${gpus}`).join('\n'));
    },
    reports: () => readFileSync(at('asked'), 'utf8').length / 2,
    watches: () => readFileSync(at('watches'), 'utf8').split('\n').slice(0, -1),
  };
}

it('reads a report once a minute: what counts up stays known, and a GPU that the loop overlooks is found', async (test) => {
  const smi = forgetfulNvidiaSmi(test);
  smi.show(1, 7);
  const clock = new HandClock(1_000_000);
  const reader = new NvidiaSmiReader({ path: smi.path, intervalMs: 1_000, clock, needsProcesses: () => false });
  test.onTestFinished(() => reader.stop());
  let last: ReaderEvent | undefined;
  const failures: string[] = [];
  reader.start((event) => {
    last = event;
    if (event.kind === 'failure') failures.push(event.reason);
  });
  /** What the last sample says of each GPU's replays. */
  const replays = (): unknown => (last?.kind === 'sample' ? last.sample.devices.map(({ pcieReplays }) => pcieReplays) : last?.kind); // prettier-ignore
  await vi.waitFor(() => expect(replays()).toEqual([7]), patience);
  clock.jumpTo(1_059_999);
  smi.show(1, 8);
  expect(replays()).toEqual([7]);
  clock.jumpTo(1_060_001);
  await vi.waitFor(() => expect(replays()).toEqual([8]), patience);
  expect(smi.reports()).toBe(2);
  smi.show(2, 9);
  clock.jumpTo(1_120_002);
  await vi.waitFor(() => expect(failures).toHaveLength(1), patience);
  expect(failures).toEqual([`nvidia-smi -q names ${uuid(1)}, which its loop does not show: the loop begins anew`]);
  // The pause before the next loop, once the last has ended.
  await vi.waitFor(() => expect(clock.pending).toBe(1), patience);
  await clock.advance(1_000);
  await vi.waitFor(() => expect(replays()).toEqual([9, 9]), patience);
  expect(failures).toHaveLength(1);
});

it('watches processes only while they are needed, and twice in the ten seconds that their utilization is spread over', async (test) => {
  const smi = forgetfulNvidiaSmi(test);
  smi.show(1, 7);
  let [isNeeded, samples] = [false, 0];
  const reader = new NvidiaSmiReader({ path: smi.path, intervalMs: 1_000, clock: new HandClock(), needsProcesses: () => isNeeded }); // prettier-ignore
  test.onTestFinished(() => reader.stop());
  reader.start(({ kind }) => (samples += kind === 'sample' ? 1 : 0));
  await vi.waitFor(() => expect(samples).toBeGreaterThan(3), patience);
  expect(smi.watches()).toEqual([]);
  isNeeded = true;
  const [pid = ''] = await vi.waitFor(() => watchOf(smi), patience);
  isNeeded = false;
  await vi.waitFor(() => expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH'), patience);
  expect(smi.watches()).toEqual([`${pid} pmon -s um -d 5`]);
});

/** The words of the only watch. */
function watchOf(smi: { watches(): string[] }): string[] {
  const [only = '', another] = smi.watches();
  expect([only, another]).toEqual([expect.stringMatching(/^\d+ pmon /), undefined]);
  return only.split(' ');
}
