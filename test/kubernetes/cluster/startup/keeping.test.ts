import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Startup } from '../../../../src/domain/startup.ts';
import { clusterWorkloads } from '../../../../src/kubernetes/cluster/cluster-workloads.ts';
import type { WorkloadSource } from '../../../../src/kubernetes/workload-source.ts';
import { HandClock } from '../../../support/hand-clock.ts';
import { startKubeApi } from '../../../support/kube-api.ts';
import type { KubeApiStandIn } from '../../../support/kube-api.ts';
import { deployment, kubePod, scaledObject } from '../../../support/kube-objects.ts';
import { recordingLogger } from '../../../support/recording-logger.ts';
import { timePassesUntil } from '../../../support/time-passes.ts';

const llama = { namespace: 'inference', name: 'llama' };
const annotation = '{"6d4f":[[1779523200,220,"llama-0"]]}';

describe('what is learned of start-up times', () => {
  let api: KubeApiStandIn;
  let clock: HandClock;
  let source: WorkloadSource;
  const { logger, lines } = recordingLogger();

  beforeEach(async () => {
    api = await startKubeApi();
    clock = new HandClock('2026-05-23T08:04:00Z');
    lines.length = 0;
    api.apply(scaledObject('llama'), deployment('llama', 1), pod('Pending'));
    source = open();
  });
  afterEach(async () => {
    await source.close();
    await api.close();
  });

  it('is kept in an annotation, and known again after a restart', async () => {
    await learn();
    await eventually(() => expect(annotations()).toEqual({ 'pilotlight.io/startup': annotation }));
    expect(patches()).toHaveLength(1);
    await source.close();
    api.remove('Pod', 'llama-0');

    source = open();

    await eventually(() => expect(startup()).toEqual({ p90Ms: 220_000, pods: 1 }));
    await clock.advance(120_000);
    expect(patches()).toHaveLength(1);
  });

  it('leaves the other annotations as they are', async () => {
    api.apply(scaledObject('llama', { metadata: { annotations: { team: 'search' } } }));
    await learn();

    await eventually(() => expect(annotations()).toEqual({ team: 'search', 'pilotlight.io/startup': annotation }));
  });

  it('is kept in memory where it may not be written, with one warning', async () => {
    api.readOnly = true;
    await learn();
    await eventually(() => expect(patches()).toHaveLength(1));
    await clock.advance(300_000);

    expect(startup()).toEqual({ p90Ms: 220_000, pods: 1 });
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'warn',
        msg: 'kubernetes writes are not allowed; going on without',
        kind: 'start-up times in annotations of ScaledObjects',
      }),
    ]);
  });

  it('is not disturbed by an annotation that is none of ours', async () => {
    api.apply(scaledObject('llama', { metadata: { annotations: { 'pilotlight.io/startup': '{"6d4f":"soon"}' } } }));
    await learn();

    await eventually(() => expect(annotations()).toEqual({ 'pilotlight.io/startup': annotation }));
  });

  function open(): WorkloadSource {
    const opened = clusterWorkloads({ api: api.access(), clock, logger });
    opened.watch(llama);
    return opened;
  }

  async function learn(): Promise<void> {
    await eventually(() => expect(source.lookup(llama)).toMatchObject({ workload: { pods: [{ phase: 'pending' }] } }));
    api.apply(pod('Running'));
    await eventually(() => expect(startup()).toEqual({ p90Ms: 220_000, pods: 1 }));
  }

  function startup(): Startup | undefined {
    const reading = source.lookup(llama);
    return reading.state === 'known' ? reading.workload.startup : undefined;
  }

  function annotations(): unknown {
    return api.objects().find(({ kind }) => kind === 'ScaledObject')?.metadata['annotations'];
  }

  function patches(): unknown[] {
    return api.requests.filter(({ method }) => method === 'PATCH');
  }

  /** Lets time pass until the expectation holds. */
  function eventually(expectation: () => void): Promise<void> {
    return timePassesUntil(expectation, clock, 1_000);
  }
});

/** Created at eight, ready 220 s later. */
function pod(phase: 'Pending' | 'Running') {
  const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-05-23T08:03:40Z' }];
  return kubePod('llama-0', 'llama', {
    metadata: { labels: { app: 'llama', 'pod-template-hash': '6d4f' }, creationTimestamp: '2026-05-23T08:00:00Z' },
    status: { phase, conditions: phase === 'Running' ? conditions : [] },
  });
}
