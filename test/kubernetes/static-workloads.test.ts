import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import type { Workload } from '../../src/domain/workload.ts';
import { staticWorkloads } from '../../src/kubernetes/static-workloads.ts';
import type { WorkloadSource } from '../../src/kubernetes/workload-source.ts';
import { describeWorkloadSource } from '../conformance/workload-source.ts';
import { HandClock } from '../support/hand-clock.ts';
import { overrideText } from '../support/override-text.ts';
import { recordingLogger } from '../support/recording-logger.ts';

const llama = { namespace: 'inference', name: 'llama' };
const one = 'workloads:\n  - { namespace: inference, name: llama, target: Deployment/llama, replicas: 1 }\n';
const two = one.replace('replicas: 1', 'replicas: 2');

describeWorkloadSource('a file', async (workloads) => {
  const folder = await mkdtemp(join(tmpdir(), 'pilotlight-'));
  const path = join(folder, 'workloads.yaml');
  const clock = new HandClock();
  const declare = (all: readonly Workload[]): Promise<void> =>
    replaceFile(path, stringify({ workloads: all.map(toEntry) }));
  await declare(workloads);
  return {
    source: staticWorkloads(path, { clock, logger: recordingLogger().logger }),
    declare,
    pass: () => clock.advance(1_000),
    leftovers: () => clock.pending,
    end: () => rm(folder, { recursive: true }),
  };
});

describe('staticWorkloads', () => {
  let folder: string;
  let path: string;
  let clock: HandClock;
  let source: WorkloadSource | undefined;
  const { logger, lines } = recordingLogger();

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pilotlight-'));
    path = join(folder, 'workloads.yaml');
    clock = new HandClock('2026-11-23T08:00:00Z');
    lines.length = 0;
  });
  afterEach(async () => {
    await source?.close();
    source = undefined;
    await rm(folder, { recursive: true });
  });

  it('says at the start why a file can not be used', () => {
    expect(() => staticWorkloads(path, { clock, logger })).toThrow(/workloads\.yaml: ENOENT/);
  });

  it('lists what the file has, as far as that is short, when asked for what it has not', async () => {
    await start('workloads: []');
    expect(reasonFor('llama')).toBe(`${path} has no workload inference/llama; it has none`);

    const names = Array.from({ length: 7 }, (_, index) => `{ namespace: a, name: m${index}, target: t, replicas: 1 }`);
    await start(`workloads: [${names.join(', ')}]`);
    expect(reasonFor('llama')).toBe(
      `${path} has no workload inference/llama; it has a/m0, a/m1, a/m2, a/m3, a/m4 and 2 more`,
    );
  });

  it('keeps the last good content of a file that is half written, and says so once', async () => {
    await start(one);
    await replaceFile(path, two.slice(0, -20));
    await eventually(() => expect(lines).toHaveLength(1));
    await look();

    expect(replicas()).toBe(1);
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'warn',
        msg: 'workload file can not be used; its last good content stands',
        path,
      }),
    ]);

    await replaceFile(path, two);
    await eventually(() => expect(replicas()).toBe(2));
    expect(lines).toHaveLength(1);
  });

  it('keeps the last good content of a file that is gone, and takes it up again', async () => {
    await start(one);
    await rm(path);
    await eventually(() => expect(lines).toHaveLength(1));
    const goneAtMs = clock.nowMs();
    await look();
    expect(replicas()).toBe(1);
    expect(source!.lookup(llama)).toMatchObject({
      observedAtMs: expect.toSatisfy((ms: number) => ms <= goneAtMs) as number,
    });

    await replaceFile(path, two);
    await eventually(() => expect(replicas()).toBe(2));
  });

  it('confirms what it saw each time it looks', async () => {
    await start(one);
    await eventually(() => expect(source!.lookup(llama)).toMatchObject({ observedAtMs: clock.nowMs() }));
  });

  async function start(text: string): Promise<void> {
    await source?.close();
    await writeFile(path, text);
    source = staticWorkloads(path, { clock, logger });
    source.watch(llama);
  }

  /** Lets the source look at the file, and gives the disk a moment. */
  async function look(): Promise<void> {
    await clock.advance(2_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** Lets the source look until the expectation holds. */
  async function eventually(expectation: () => void): Promise<void> {
    await vi.waitFor(
      async () => {
        await look();
        expectation();
      },
      { timeout: 10_000, interval: 10 },
    );
  }

  function reasonFor(name: string): string | undefined {
    const reading = source!.lookup({ namespace: 'inference', name });
    return reading.state === 'unknown' ? reading.reason : undefined;
  }

  function replicas(): number | undefined {
    const reading = source!.lookup(llama);
    return reading.state === 'known' ? reading.workload.replicas : undefined;
  }
});

function toEntry({ ref, target, replicas, minReplicas, maxReplicas, pods, override }: Workload): unknown {
  const entries = pods.map(({ createdAtMs, ...pod }) =>
    createdAtMs === undefined ? pod : { ...pod, createdAt: new Date(createdAtMs).toISOString() },
  );
  return { ...ref, target, replicas, minReplicas, maxReplicas, override: overrideText(override), pods: entries };
}

async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}
