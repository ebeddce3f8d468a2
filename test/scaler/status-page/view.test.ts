import { describe, expect, it } from 'vitest';
import {
  detailsOf,
  formatNumber,
  formatSeconds,
  matches,
  standing,
  summaryOf,
} from '../../../src/scaler/status-page/view.js';
import type { Decision, Shape, Trigger } from '../../../src/scaler/status-page/view.js';

function decision(overrides: Partial<Decision> = {}): Decision {
  return {
    namespace: 'inference',
    name: 'llama',
    state: 'decided',
    required: 2.4,
    active: true,
    rule: 'load',
    why: 'queue 12 / 5 per replica = 2.4',
    decidedAt: '2026-03-03T10:00:00.000Z',
    workload: { target: 'Deployment/llama', replicas: 2, readyReplicas: 2 },
    ...overrides,
  };
}

function trigger(overrides: Partial<Trigger> = {}): Trigger {
  return { ...(decision() as Trigger), bids: [], signals: [], warnings: [], ...overrides };
}

/** All text of a shape, in order, with a line for each element that holds text. */
function textsOf(shape: Shape | string): string[] {
  return typeof shape === 'string' ? [shape] : shape.children.flatMap(textsOf);
}

function rowsOf(shape: Shape): string[][] {
  const rows = shape.tag === 'tr' ? [shape.children.map((cell) => textsOf(cell).join(''))] : [];
  return [...rows, ...shape.children.flatMap((child) => (typeof child === 'string' ? [] : rowsOf(child)))];
}

describe('the summary of a decision', () => {
  it('says what there is, what is needed, and why', () => {
    const texts = summaryOf(decision()).map((part) => textsOf(part).join(''));
    expect(texts).toEqual(['inference/llama', 'active', '2 → 2.4', 'load queue 12 / 5 per replica = 2.4']);
  });

  it('says so where nothing is decided, or where pods are not ready', () => {
    const lost = { namespace: 'inference', name: 'llama', state: 'undecided', reason: 'never seen' };
    expect(summaryOf(lost).map((part) => textsOf(part).join(''))).toEqual([
      'inference/llama',
      'undecided',
      '? → ?',
      'no decision never seen',
    ]);
    const starting = decision({ workload: { target: 'x', replicas: 4, readyReplicas: 1 } });
    expect(textsOf(summaryOf(starting)[2]!).join('')).toBe('4 (1 ready) → 2.4');
  });

  it('tells of a hold, and once only where that is what decided', () => {
    const texts = (given: Partial<Decision>): string[] => textsOf(summaryOf(decision(given)).at(-1)!);
    expect(texts({ hold: 'hold at 2: queue failed' })).toContain('hold at 2: queue failed');
    expect(texts({ rule: 'hold', why: 'hold at 2: x', hold: 'hold at 2: x' }).join('')).toBe('hold hold at 2: x');
  });

  it.each<[Partial<Decision>, string]>([
    [{}, 'active'],
    [{ active: false, required: 0 }, 'asleep'],
    [{ hold: 'hold at 2' }, 'held'],
    [{ hold: 'hold at 2', override: { state: 'in force' } }, 'overridden'],
    [{ override: { state: 'over' } }, 'active'],
    [{ state: 'undecided', override: { state: 'in force' } }, 'undecided'],
  ])('calls %j %s', (given, word) => {
    expect(standing(decision(given))).toBe(word);
  });
});

describe('the filter', () => {
  it.each([
    ['', '', true],
    ['LLAMA', '', true],
    ['inference/llama queue', '', true],
    ['deployment', '', true],
    ['load mistral', '', false],
    ['llama', 'active', true],
    ['llama', 'held', false],
  ])('of words "%s" and standing "%s" finds it: %s', (words, wanted, found) => {
    expect(matches(decision(), words, wanted)).toBe(found);
  });
});

describe('the details of a trigger', () => {
  it('show all bids, and which of them decided', () => {
    const bids = [
      { rule: 'ceiling', atMost: 8, why: 'at most 8' },
      { rule: 'load', atLeast: 2.4, why: 'queue 12 / 5 per replica = 2.4' },
      { rule: 'idle', keepAlive: true, why: 'busy' },
    ];
    const details = detailsOf(trigger({ bids }));
    expect(rowsOf(details)).toEqual([
      ['rule', 'asks for', 'why'],
      ['ceiling', 'at most 8', 'at most 8'],
      ['load', 'at least 2.4', 'queue 12 / 5 per replica = 2.4'],
      ['idle', 'not zero', 'busy'],
    ]);
    const [, , decisive] = JSON.stringify(details).split('"tag":"tr"').slice(1);
    expect(decisive).toContain('"class":"decisive"');
  });

  it('show signals with state, value in a unit, target, age, coverage and where they come from', () => {
    const coverage = { heard: 1, expected: 2 };
    const signals = [
      { signal: 'gpuUtilization', unit: 'ratio', state: 'fresh', value: 1.6, target: 0.8, ageSeconds: 2, coverage, source: 'exporter' }, // prettier-ignore
      { signal: 'queue', unit: 'requests', state: 'stale', lastValue: 7, ageSeconds: 95, coverage, source: 'redis jobs', reason: 'refused' }, // prettier-ignore
      { signal: 'latencyP99', unit: 'seconds', state: 'absent', ageSeconds: 0, coverage, source: 'vllm pods', reason: 'no requests' }, // prettier-ignore
    ];
    expect(rowsOf(detailsOf(trigger({ signals }))).slice(1)).toEqual([
      ['gpuUtilization', 'fresh', '160 %', '80 %', '2 s', '1 of 2', 'exporter'],
      ['queue', 'stale', '7 before', '', '2 min', '1 of 2', 'redis jobs: refused'],
      ['latencyP99', 'absent', '', '', '0 s', '1 of 2', 'vllm pods: no requests'],
    ]);
  });

  it('show the calendar and its next edge, in its own timezone', () => {
    const calendar = {
      open: true,
      floor: 2,
      ceiling: 8,
      because: 'Mon-Fri 08:00-20:00 min=2 max=8',
      timezone: 'Europe/Berlin',
      nextEdge: '2026-03-03T19:00:00.000Z',
      upcoming: { floor: 4, because: 'Mon-Fri 20:00-22:00 min=4', opensAt: '2026-03-03T19:00:00.000Z' },
    };
    expect(textsOf(detailsOf(trigger({ calendar })))).toContain(
      'open (Mon-Fri 08:00-20:00 min=2 max=8); at least 2, at most 8; changes Tue 3 Mar, 20:00 Europe/Berlin, in 9 h; warming 4 for Mon-Fri 20:00-22:00 min=4',
    );
  });

  it('show which pods have a deletion cost, those that go first before the others', () => {
    const pods = [
      { name: 'llama-0', phase: 'ready', requests: 3, gpuUtilization: 0.42, deletionCost: { cost: -1, setBy: 'us' as const } },
      { name: 'llama-1', phase: 'ready', requests: 9 },
      { name: 'llama-2', phase: 'ready', deletionCost: { cost: 5, setBy: 'others' as const } },
      { name: 'llama-3', phase: 'ready', requests: 0, deletionCost: { cost: -2, setBy: 'us' as const } },
    ]; // prettier-ignore
    const texts = textsOf(detailsOf(trigger({ workload: { target: 'Deployment/llama', pods } })));
    expect(texts).toContain(
      'llama-3 (cost -2, 0 running); llama-0 (cost -1, 3 running, GPUs 42 %); llama-2 (cost 5 set by others)',
    );
    expect(textsOf(detailsOf(trigger()))).not.toContain('Deletion costs');
  });

  it('show workload, idleness, override and warnings', () => {
    const texts = textsOf(
      detailsOf(
        trigger({
          workload: {
            target: 'Deployment/llama',
            replicas: 2,
            readyReplicas: 1,
            maxReplicas: 8,
            pods: [{ name: 'llama-0', phase: 'ready' }, { name: 'llama-1', phase: 'loading' }], // prettier-ignore
          },
          quiet: { quiet: false, because: '3 requests running' },
          override: { state: 'in force', min: 4, until: '2026-03-03T18:00:00.000Z', reason: 'load test' },
          warnings: ['queueActivation: has no effect'],
        }),
      ),
    );
    expect(texts).toContain('Deployment/llama: 2 replicas, from 0 to 8, 1 ready; llama-1 loading');
    expect(texts).toContain('no: 3 requests running');
    expect(texts).toContain('in force: min 4 until Tue 3 Mar, 18:00 UTC; load test');
    expect(texts).toContain('queueActivation: has no effect');
  });
});

it('writes numbers and times as people read them', () => {
  expect([2, 2.404, 12.345].map(formatNumber)).toEqual(['2', '2.4', '12.3']);
  expect([-3, 45, 95, 7_500, 100_000].map(formatSeconds)).toEqual(['0 s', '45 s', '2 min', '2 h 5 min', '1 d 3 h']);
});
