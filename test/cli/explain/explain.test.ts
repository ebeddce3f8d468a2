import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { runExplain } from '../../../src/cli/explain/explain.ts';
import { explainOptions } from '../../../src/cli/explain/options.ts';
import { readOptions, UsageError } from '../../../src/program/options.ts';
import { fresh, pod } from '../../support/builders.ts';
import { startHttpStandIn } from '../../support/http-stand-in.ts';
import { queueTrigger, runScaler } from '../../support/running-scaler.ts';
import type { RunningScaler } from '../../support/running-scaler.ts';

let scaler: RunningScaler;
let url: URL;

beforeEach(async () => {
  scaler = await runScaler();
  url = new URL('/', (await scaler.http('/healthz')).url);
});
afterEach(() => scaler.close());

async function explain(names: readonly string[], at: URL = url): Promise<string> {
  const lines: string[] = [];
  await runExplain(names, { scaler: at }, { print: (line) => lines.push(line), nowMs: () => scaler.clock.nowMs() });
  return lines.join('\n');
}

describe('explain', () => {
  it('tells what is needed and why, by the clocks of the calendar, and all that it rests on', async () => {
    const trigger = queueTrigger('llama', {
      timezone: 'Europe/Berlin',
      businessHours: 'Mon-Fri 08:00-20:00 min=2 max=8',
      engine: 'vllm',
      runningTarget: '32',
      gpuUtilizationTarget: '80',
    });
    const pods = [pod({ name: 'llama-0' }), pod({ name: 'llama-1', phase: 'loading' })];
    scaler.workloads.set(trigger, {
      replicas: 2,
      minReplicas: 0,
      maxReplicas: 20,
      pods,
      startup: { p90Ms: 220_000, pods: 3 },
    });
    const coverage = { heard: 1, expected: 2 };
    const observedAtMs = scaler.clock.nowMs() - 3_000;
    scaler.signalsOf(trigger).set({
      queue: fresh(18, { source: 'prometheus gateway', observedAtMs }),
      running: fresh(4, {
        source: 'vllm pods',
        observedAtMs,
        coverage,
        note: 'heard 1 of 2 pods: 10.0.0.2:8000 answered 503',
      }),
      gpuUtilization: { state: 'stale', lastValue: 0.5, reason: 'no exporter answered', source: 'exporter', observedAtMs: observedAtMs - 60_000, coverage }, // prettier-ignore
    });
    await scaler.keda.poll(trigger);
    await expect(`${await explain(['inference/llama'])}\n`).toMatchFileSnapshot('../../golden/explain-llama.txt');
  });

  it('tells which pods have a deletion cost, and what they do', async () => {
    const trigger = queueTrigger('llama', { engine: 'vllm' });
    const pods = [
      pod({ name: 'llama-0', deletionCost: { cost: -1, setBy: 'us' } }),
      pod({ name: 'llama-1' }),
      pod({ name: 'llama-2', deletionCost: { cost: 7, setBy: 'others' } }),
      pod({ name: 'llama-3', deletionCost: { cost: -2, setBy: 'us' } }),
    ];
    scaler.workloads.set(trigger, { replicas: 4, pods });
    const byPod = new Map([['llama-0', 3], ['llama-3', 0]]); // prettier-ignore
    scaler.signalsOf(trigger).set({ running: fresh(3, { byPod }), gpuUtilization: fresh(0.4, { byPod: new Map([['llama-0', 0.4]]) }) }); // prettier-ignore
    await scaler.keda.poll(trigger);
    expect(await explain(['inference/llama'])).toContain(
      '  pods with a deletion cost, those that go first before the others\n' +
        '    llama-3: -2, 0 running\n    llama-0: -1, 3 running, GPUs 40 %\n    llama-2: 7, set by others\n\n',
    );
  });

  it('tells why there is no answer', async () => {
    const trigger = queueTrigger();
    scaler.workloads.lose(trigger, 'the API server was not heard for 5m');
    await scaler.keda.poll(trigger).catch(() => undefined);
    const text = await explain(['inference/llama']);
    expect(text).toContain('  no answer, decided just now: the API server was not heard for 5m\n');
    expect(text).toContain('    unknown: the API server was not heard for 5m\n');
  });

  it('tells each trigger of several, and several ScaledObjects', async () => {
    const [one, other, phi] = [queueTrigger(), queueTrigger('llama', { queueQuery: 'more' }), queueTrigger('phi')];
    scaler.workloads.set(one, { replicas: 1 });
    scaler.workloads.set(phi, { replicas: 1 });
    for (const trigger of [one, other, phi]) await scaler.keda.poll(trigger).catch(() => undefined);
    const titles = (await explain(['inference/llama', 'inference/phi'])).split('\n').filter((line) => /^\S/.test(line));
    expect(titles).toEqual(['inference/llama, trigger 1 of 2', 'inference/llama, trigger 2 of 2', 'inference/phi']);
  });

  it('says what the scaler knows, where it does not know what was asked', async () => {
    const fails = (name: string): Promise<unknown> => explain([name]).catch((error: unknown) => error);
    const { host } = url;
    expect(await fails('inference/llama')).toEqual(
      new UsageError(`KEDA has not asked ${host} for inference/llama; it knows no ScaledObject yet`),
    );
    scaler.workloads.set(queueTrigger(), { replicas: 1 });
    await scaler.keda.poll(queueTrigger()).catch(() => undefined);
    expect(await fails('inference/lama')).toEqual(
      new UsageError(`KEDA has not asked ${host} for inference/lama; did you mean inference/llama?`),
    );
    expect(await fails('batch/whisper')).toEqual(
      new UsageError(`KEDA has not asked ${host} for batch/whisper; it knows inference/llama`),
    );
    for (const name of ['llama', 'a/b/c', '../x', 'a/B']) {
      expect(await fails(name)).toEqual(new UsageError(`"${name}" is no ScaledObject; write NAMESPACE/NAME`));
    }
  });

  it('says what to do where no scaler answers', async () => {
    const other = await startHttpStandIn({ status: 404, body: 'nothing here' });
    onTestFinished(() => other.server.stop());
    const at = new URL(other.url);
    await expect(explain(['inference/llama'], at)).rejects.toThrow(
      new UsageError(
        `${at.host} is no pilotlight scaler of this version (it answered 404); name its HTTP port with --scaler`,
      ),
    );
    await scaler.stop();
    await expect(explain(['inference/llama'])).rejects.toThrow(
      new UsageError(`${url.host} refused the connection; name the scaler's HTTP port with --scaler (see --help)`),
    );
    const problem = '--scaler: "127.0.0.1:8080" is not a URL such as http://127.0.0.1:8080';
    expect(() => readOptions(explainOptions, ['--scaler', '127.0.0.1:8080'], {})).toThrow(new UsageError(problem));
  });
});
