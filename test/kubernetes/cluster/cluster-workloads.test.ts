import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Workload } from '../../../src/domain/workload.ts';
import { clusterWorkloads } from '../../../src/kubernetes/cluster/cluster-workloads.ts';
import type { WorkloadSource } from '../../../src/kubernetes/workload-source.ts';
import { describeWorkloadSource } from '../../conformance/workload-source.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { startKubeApi } from '../../support/kube-api.ts';
import type { KubeApiStandIn } from '../../support/kube-api.ts';
import { deployment, kubeHpa, kubeObject, kubePod, scaledObject, statefulSet } from '../../support/kube-objects.ts';
import type { KubeObject } from '../../support/kube-objects.ts';
import { declareWorkloads } from '../../support/kube-workloads.ts';
import { recordingLogger } from '../../support/recording-logger.ts';

const patience = { timeout: 10_000, interval: 10 };
const llama = { namespace: 'inference', name: 'llama' };

describeWorkloadSource('a cluster', async (workloads) => {
  const api = await startKubeApi();
  const clock = new HandClock();
  declareWorkloads(api, workloads);
  return {
    source: clusterWorkloads({ api: api.access(), clock, logger: recordingLogger().logger }),
    declare: async (all) => declareWorkloads(api, all),
    pass: () => clock.advance(1_000),
    leftovers: () => clock.pending + api.openSockets,
    end: () => api.close(),
  };
});

describe('clusterWorkloads', () => {
  let api: KubeApiStandIn;
  let clock: HandClock;
  let source: WorkloadSource;
  const { logger, lines } = recordingLogger();

  beforeEach(async () => {
    api = await startKubeApi();
    clock = new HandClock('2026-11-23T08:00:00Z');
    lines.length = 0;
    source = clusterWorkloads({ api: api.access(), clock, logger });
  });
  afterEach(async () => {
    await source.close();
    await api.close();
  });

  describe('what it scales', () => {
    it('may be a StatefulSet', async () => {
      api.apply(scaledObject('llama', { spec: { scaleTargetRef: { kind: 'StatefulSet', name: 'llama' } } }));
      api.apply(statefulSet('llama', 2), kubePod('llama-0', 'llama'));

      expect(await known()).toMatchObject({ target: 'StatefulSet/llama', replicas: 2, pods: [{ name: 'llama-0' }] });
    });

    it('may be of any kind that has a scale subresource', async () => {
      serveRollouts();
      api.apply(rollout(3), kubePod('llama-0', 'llama'), kubePod('phi-0', 'phi'));

      expect(await known()).toMatchObject({ target: 'Rollout/llama', replicas: 3, pods: [{ name: 'llama-0' }] });

      api.apply(rollout(4));
      await eventually(async () => expect((await known()).replicas).toBe(4));
    });

    it('may be a LeaderWorkerSet, whose replicas are its leaders', async () => {
      const apiVersion = 'leaderworkerset.x-k8s.io/v1';
      const owner = { kind: 'StatefulSet', controller: true };
      const member = (name: string, index: string) =>
        kubePod(name, 'llama', {
          metadata: { labels: { 'lws/name': 'llama', 'lws/worker-index': index }, ownerReferences: [owner] },
        });
      api.serve({ apiVersion, kind: 'LeaderWorkerSet', plural: 'leaderworkersets', scaleSelectorPath: 'status.hpaPodSelector' }); // prettier-ignore
      api.apply(scaledObject('llama', { spec: { scaleTargetRef: target(apiVersion, 'LeaderWorkerSet') } }));
      const status = { hpaPodSelector: 'lws/name=llama,lws/worker-index=0' };
      api.apply(kubeObject(apiVersion, 'LeaderWorkerSet', 'llama', { spec: { replicas: 2 }, status }));
      api.apply(member('llama-0', '0'), member('llama-0-1', '1'), member('llama-1', '0'), member('llama-1-1', '1'));

      const { pods, ...workload } = await known();
      expect(workload).toMatchObject({ target: 'LeaderWorkerSet/llama', replicas: 2 });
      expect(pods.map(({ name }) => name)).toEqual(['llama-0', 'llama-1']);
      expect(pods[0]).not.toHaveProperty('ofReplicaSet');
    });

    it('is read again soon after pods came or went, whatever its kind', async () => {
      serveRollouts();
      api.apply(rollout(1), kubePod('llama-0', 'llama'));
      await known();
      await clock.advance(1_500);

      api.apply(rollout(2), kubePod('llama-1', 'llama'));

      await vi.waitFor(() => expect(source.lookup(llama)).toMatchObject({ workload: { replicas: 2 } }), patience);
    });

    it('may change', async () => {
      api.apply(scaledObject('llama'), deployment('llama', 1), deployment('phi', 5), kubePod('phi-0', 'phi'));
      expect(await known()).toMatchObject({ target: 'Deployment/llama', replicas: 1, pods: [] });

      api.apply(scaledObject('llama', { spec: { scaleTargetRef: { name: 'phi' } } }));

      await eventually(async () =>
        expect(await known()).toMatchObject({ target: 'Deployment/phi', pods: [{ name: 'phi-0' }] }),
      );
    });

    it('may pick its pods by expressions', async () => {
      const selector = { matchExpressions: [{ key: 'app', operator: 'In', values: ['llama', 'llama-canary'] }] };
      api.apply(scaledObject('llama'), deployment('llama', 1, { spec: { selector } }));
      api.apply(kubePod('a', 'llama'), kubePod('b', 'llama-canary'), kubePod('c', 'phi'));

      expect((await known()).pods.map(({ name }) => name)).toEqual(['a', 'b']);
    });

    it('is a rollout since its first new pod', async () => {
      const status = { observedGeneration: 2, replicas: 3, updatedReplicas: 1 };
      const revision = (hash: string, creationTimestamp: string): { metadata: Record<string, unknown> } => ({
        metadata: { labels: { app: 'llama', 'pod-template-hash': hash }, creationTimestamp },
      });
      api.apply(scaledObject('llama'), deployment('llama', 2, { status }));
      api.apply(kubePod('old-0', 'llama', revision('a', '2026-11-22T08:00:00Z')));
      api.apply(kubePod('old-1', 'llama', revision('a', '2026-11-22T08:00:01Z')));
      api.apply(kubePod('new-0', 'llama', revision('b', '2026-11-23T07:58:00Z')));

      expect((await known()).rolloutSinceMs).toBe(Date.parse('2026-11-23T07:58:00Z'));

      api.apply(deployment('llama', 2));
      await eventually(async () => expect(await known()).not.toHaveProperty('rolloutSinceMs'));
    });
  });

  describe('what it does not know', () => {
    it.each([
      ['no ScaledObject', () => undefined, /^ScaledObject inference\/llama not found/],
      [
        'a ScaledObject with a target that could not be a name',
        () => api.apply(scaledObject('llama', { spec: { scaleTargetRef: { name: '../../secrets' } } })),
        /its scaleTargetRef can't be read/,
      ],
      [
        'no target',
        () => api.apply(scaledObject('llama')),
        /^Deployment inference\/llama, which the ScaledObject names as its scaleTargetRef, not found$/,
      ],
      [
        'no target of a custom kind',
        () => {
          serveRollouts();
          api.apply(rollout(1));
          api.remove('Rollout', 'llama');
        },
        /^Rollout inference\/llama, .* not found \(.*rollouts "llama" not found\)$/,
      ],
      [
        'a kind that there is not',
        () => api.apply(scaledObject('llama', { spec: { scaleTargetRef: target('apps/v1', 'Lama') } })),
        /knows no Lama in apps\/v1 that can be scaled/,
      ],
      [
        'a kind that can not be scaled',
        () => api.apply(scaledObject('llama', { spec: { scaleTargetRef: target('v1', 'Pod') } })),
        /knows no Pod in v1 that can be scaled/,
      ],
      [
        'a target without a selector',
        () => {
          api.serve({ apiVersion: 'example.com/v1', kind: 'Server', plural: 'servers', scaleSelectorPath: '' });
          api.apply(scaledObject('llama', { spec: { scaleTargetRef: target('example.com/v1', 'Server') } }));
          api.apply(kubeObject('example.com/v1', 'Server', 'llama'));
        },
        /^the scale subresource of Server\/llama names no label selector; set podSelector in the trigger$/,
      ],
      [
        'nothing, for lack of rights',
        () => {
          api.forbidden.push('/pods');
          api.apply(scaledObject('llama'), deployment('llama', 1));
        },
        /^the Kubernetes API has not told of the pods of Deployment\/llama yet: .*403 .*is forbidden/,
      ],
    ])('says so: %s', async (_case, arrange, reason) => {
      arrange();
      source.watch(llama);

      await eventually(() =>
        expect(source.lookup(llama)).toEqual({ state: 'unknown', reason: expect.stringMatching(reason) as string }),
      );
    });

    it('is nothing that could not be a name', () => {
      const odd = { namespace: '..', name: 'llama' };
      source.watch(odd);

      expect(source.lookup(odd)).toEqual({ state: 'unknown', reason: 'nobody watches ScaledObject ../llama' });
      expect(api.requests).toEqual([]);
    });
  });

  describe('the HPA', () => {
    it('that KEDA keeps is told, by the name that KEDA gives it', async () => {
      const behavior = { scaleUp: { tolerance: '0' }, scaleDown: { tolerance: '50m' } };
      api.apply(scaledObject('llama'), deployment('llama', 3), kubeHpa('llama', { spec: { behavior } }));

      await eventually(async () =>
        expect((await known()).hpa).toEqual({
          minReplicas: 1,
          maxReplicas: 8,
          currentReplicas: 1,
          scaleUpTolerance: 0,
          scaleDownTolerance: 0.05,
        }),
      );
    });

    it('may have a name of its own, and may change', async () => {
      const advanced = { horizontalPodAutoscalerConfig: { name: 'own' } };
      api.apply(scaledObject('llama', { spec: { advanced } }), deployment('llama', 3));
      const own = (currentReplicas: number): KubeObject =>
        kubeHpa('', { metadata: { name: 'own' }, status: { currentReplicas } });
      api.apply(own(2), kubeHpa('llama'));
      await eventually(async () => expect((await known()).hpa?.currentReplicas).toBe(2));

      api.apply(own(3));
      await eventually(async () => expect((await known()).hpa?.currentReplicas).toBe(3));
    });

    it('that may not be read costs nothing but its facts', async () => {
      api.forbidden.push('/horizontalpodautoscalers');
      api.apply(scaledObject('llama'), deployment('llama', 3), kubeHpa('llama'));

      expect(await known()).not.toHaveProperty('hpa');
      await eventually(() => expect(lines.map(({ msg }) => msg)).toContain('kubernetes watch failed'));
    });
  });

  describe('podSelector', () => {
    it('replaces the selector of the target, and may change', async () => {
      api.apply(scaledObject('llama'), deployment('llama', 1), kubePod('a', 'llama'), kubePod('b', 'worker'));

      expect((await known('app=worker')).pods.map(({ name }) => name)).toEqual(['b']);
      expect((await known('app in (llama, worker)')).pods.map(({ name }) => name)).toEqual(['a', 'b']);
    });

    it('says what is wrong with it', async () => {
      api.apply(scaledObject('llama'), deployment('llama', 1));
      source.watch(llama, 'app~llama');

      await eventually(() =>
        expect(source.lookup(llama)).toEqual({
          state: 'unknown',
          reason:
            'podSelector: "app~llama" is no label selector term; write app=llama, app!=llama, "tier in (a,b)", app or !app',
        }),
      );
    });
  });

  describe('pods', () => {
    it('that have ended do not count', async () => {
      api.apply(scaledObject('llama'), deployment('llama', 1), kubePod('live', 'llama'));
      api.apply(kubePod('done', 'llama', { status: { phase: 'Succeeded' } }));
      api.apply(kubePod('evicted', 'llama', { status: { phase: 'Failed' } }));
      expect((await known()).pods.map(({ name }) => name)).toEqual(['live']);

      api.apply(kubePod('live', 'llama', { status: { phase: 'Failed' } }));

      await eventually(async () => expect((await known()).pods).toEqual([]));
    });

    it('may get and lose the labels that make them the workload’s', async () => {
      api.apply(scaledObject('llama'), deployment('llama', 1), kubePod('a', 'llama'));
      await known();

      api.apply(kubePod('a', 'phi'), kubePod('b', 'llama'));

      await eventually(async () => expect((await known()).pods.map(({ name }) => name)).toEqual(['b']));
    });

    it('may be objects of megabytes, in lists and in watches, of which little is kept', async () => {
      const annotations = { 'example.com/blob': 'ä'.repeat(1_500_000) };
      const huge = (name: string) => kubePod(name, 'llama', { metadata: { labels: { app: 'llama' }, annotations } });
      api.apply(scaledObject('llama', { metadata: { annotations } }), deployment('llama', 2), huge('llama-0'));
      expect((await known()).pods.map(({ name }) => name)).toEqual(['llama-0']);

      api.apply(huge('llama-1'), deployment('llama', 3));

      await eventually(async () => {
        const workload = await known();
        expect(workload.replicas).toBe(3);
        expect(workload.pods).toHaveLength(2);
        expect(JSON.stringify(workload).length).toBeLessThan(1_000);
      });
    });

    it('do not make a change of what is not kept of them', async () => {
      api.apply(scaledObject('llama'), deployment('llama', 1), kubePod('a', 'llama'));
      await known();
      const changed = vi.fn();
      source.onChange(changed);

      api.apply(kubePod('a', 'llama', { metadata: { annotations: { note: 'new' }, labels: { app: 'llama' } } }));
      api.apply(deployment('llama', 2));

      await eventually(async () => expect((await known()).replicas).toBe(2));
      expect(changed).toHaveBeenCalledOnce();
    });
  });

  it('shares one watch of each resource among the ScaledObjects of a namespace', async () => {
    const names = ['a', 'b', 'c', 'd'];
    for (const name of names) api.apply(scaledObject(name), deployment(name, 1), kubePod(`${name}-0`, name));
    for (const name of names) source.watch({ namespace: 'inference', name });
    await eventually(() => {
      for (const name of names) expect(source.lookup({ namespace: 'inference', name }).state).toBe('known');
    });
    await eventually(() => expect(api.openWatches).toBe(4));

    for (const name of names) source.forget({ namespace: 'inference', name });

    await vi.waitFor(() => expect(api.openWatches).toBe(0), patience);
  });

  function serveRollouts(): void {
    const apiVersion = 'argoproj.io/v1alpha1';
    api.serve({ apiVersion, kind: 'Rollout', plural: 'rollouts', scaleSelectorPath: 'status.selector' });
    api.apply(scaledObject('llama', { spec: { scaleTargetRef: target(apiVersion, 'Rollout') } }));
  }

  async function known(podSelector?: string): Promise<Workload> {
    source.watch(llama, podSelector);
    await eventually(() => expect(source.lookup(llama)).toMatchObject({ state: 'known' }));
    const reading = source.lookup(llama);
    if (reading.state !== 'known') throw new Error(reading.reason);
    return reading.workload;
  }

  /** Lets time pass until the expectation holds. */
  async function eventually(expectation: () => void | Promise<void>): Promise<void> {
    await vi.waitFor(async () => {
      await clock.advance(500);
      await expectation();
    }, patience);
  }
});

function target(apiVersion: string, kind: string): Record<string, string> {
  return { apiVersion, kind, name: 'llama' };
}

function rollout(replicas: number) {
  const status = { replicas, selector: 'app=llama' };
  return kubeObject('argoproj.io/v1alpha1', 'Rollout', 'llama', { spec: { replicas }, status });
}
