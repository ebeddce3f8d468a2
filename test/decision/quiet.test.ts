import { describe, expect, it } from 'vitest';
import { quietness } from '../../src/decision/quiet.ts';
import type { SignalPlan } from '../../src/domain/policy.ts';
import type { Reading } from '../../src/domain/reading.ts';
import type { SignalName } from '../../src/domain/signal.ts';
import type { Workload } from '../../src/domain/workload.ts';
import { fresh, pod, policy, workload } from '../support/builders.ts';
import { absent, failed, plan, readings, stale } from '../support/decision-context.ts';

type Readings = Partial<Record<SignalName, Reading>>;

const both = [plan('queue'), plan('running')];
const noPods = absent({ coverage: { heard: 0, expected: 0 } });
const half = { heard: 1, expected: 2 };

function look(signals: readonly SignalPlan[], read: Readings, subject: Workload = workload()): unknown {
  return quietness(policy({ signals }), subject, readings(read));
}

describe('quietness', () => {
  it.each<[string, readonly SignalPlan[], Readings, string]>([
    ['requests wait', both, { queue: fresh(2), running: fresh(0) }, '2 requests waiting (test)'],
    ['requests run', both, { queue: fresh(0), running: fresh(1) }, '1 request running (test)'],
    [
      'a queue of 0 says nothing of what runs',
      [plan('queue')],
      { queue: fresh(0) },
      'nothing tells whether requests run',
    ],
    [
      'there were no requests to time, which is no evidence',
      [plan('queue'), plan('latencyP99')],
      { queue: fresh(0), latencyP99: absent({ coverage: { heard: 1, expected: 1 } }) },
      'nothing tells whether requests run',
    ],
    ['nothing is read at all', [], {}, 'nothing tells whether requests run'],
    [
      'GPUs are busy',
      [plan('gpuUtilization')],
      { gpuUtilization: fresh(1.6, { coverage: { heard: 2, expected: 2 } }) },
      'GPUs at 80 % per pod (test)',
    ],
    [
      'GPUs that nobody asked about are busy',
      [...both, plan('gpuUtilization', { required: false })],
      { queue: fresh(0), running: fresh(0), gpuUtilization: fresh(0.4) },
      'GPUs at 40 % per pod (test)',
    ],
    [
      'requests arrive',
      [...both, plan('requestRate')],
      { queue: fresh(0), running: fresh(0), requestRate: fresh(0.5) },
      'requestRate 0.5 requests/s (test)',
    ],
    ['requests are inside', [plan('concurrency')], { concurrency: fresh(4) }, 'concurrency 4 (test)'],
    [
      'some pods were not heard',
      both,
      { queue: fresh(0), running: fresh(0, { coverage: half }) },
      'running incomplete (test: heard 1 of 2)',
    ],
    [
      'some of the pods heard work',
      both,
      { queue: fresh(0), running: fresh(5, { coverage: half }) },
      '5 requests running (test)',
    ],
    ['a signal failed', both, { queue: failed(), running: fresh(0) }, 'queue failed (test: connection refused)'],
    ['a signal is stale', both, { queue: fresh(0), running: stale() }, 'running stale (test: timed out)'],
    ['a signal is absent', both, { queue: absent(), running: fresh(0) }, 'queue absent (test: no such series)'],
    ['a signal was not read yet', both, { running: fresh(0) }, 'queue not read yet'],
    ['work is seen beside what is unknown', both, { queue: failed(), running: fresh(1) }, '1 request running (test)'],
    [
      'all that tells of running was heard in part, and nobody asked for it',
      [plan('queue'), plan('gpuUtilization', { required: false })],
      { queue: fresh(0), gpuUtilization: fresh(0, { coverage: half }) },
      'nothing tells whether requests run',
    ],
  ])('is not, where %s', (_, signals, read, because) => {
    expect(look(signals, read)).toEqual({ quiet: false, because });
  });

  it.each<[string, readonly SignalPlan[], Readings, string]>([
    [
      'nothing waits and nothing runs',
      both,
      { queue: fresh(0), running: fresh(0) },
      'queue 0 (test), running 0 (test)',
    ],
    [
      'GPUs are as good as idle',
      [plan('gpuUtilization')],
      { gpuUtilization: fresh(0.1, { coverage: { heard: 2, expected: 2 } }) },
      'GPUs at 5 % per pod (test)',
    ],
    [
      'memory and cache are in use, which engines keep',
      [plan('running'), plan('kvCache'), plan('gpuMemory'), plan('tokenRate')],
      { running: fresh(0), kvCache: fresh(0.9), gpuMemory: fresh(0.95), tokenRate: fresh(3) },
      'running 0 (test)',
    ],
    [
      'requests took long, which says nothing of now',
      [plan('running'), plan('latencyP50'), plan('latencyP99'), plan('ttftP99')],
      { running: fresh(0), latencyP50: fresh(40), latencyP99: failed(), ttftP99: fresh(3) },
      'running 0 (test)',
    ],
    [
      'a signal that nobody asked for is lost',
      [...both, plan('gpuUtilization', { required: false })],
      { queue: fresh(0), running: fresh(0), gpuUtilization: failed() },
      'queue 0 (test), running 0 (test)',
    ],
    [
      'a signal of the pods has no pod to hear',
      [plan('queue'), plan('concurrency'), plan('running')],
      { queue: fresh(0), concurrency: fresh(0), running: noPods },
      'queue 0 (test), concurrency 0 (test)',
    ],
  ])('is, where %s', (_, signals, read, because) => {
    expect(look(signals, read)).toEqual({ quiet: true, because });
  });

  it('does not need to hear of running requests where no pod is ready', () => {
    const loading = workload({ pods: [pod({ phase: 'loading' })] });
    expect(look([plan('queue')], { queue: fresh(0) }, loading)).toEqual({
      quiet: true,
      because: 'queue 0 (test), no pod is ready',
    });
    expect(look([plan('queue')], { queue: failed() }, loading)).toMatchObject({ quiet: false });
  });
});
