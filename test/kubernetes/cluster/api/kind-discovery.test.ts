import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KindDiscovery } from '../../../../src/kubernetes/cluster/api/kind-discovery.ts';
import { kubeClient } from '../../../../src/kubernetes/cluster/api/kube-client.ts';
import type { KubeClient } from '../../../../src/kubernetes/cluster/api/kube-client.ts';
import { HandClock } from '../../../support/hand-clock.ts';
import { startKubeApi } from '../../../support/kube-api.ts';
import type { KubeApiStandIn } from '../../../support/kube-api.ts';

const rollout = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'llama' };
const served = { ...rollout, plural: 'rollouts', scaleSelectorPath: 'status.selector' };

describe('KindDiscovery', () => {
  let api: KubeApiStandIn;
  let clock: HandClock;
  let client: KubeClient;
  let discovery: KindDiscovery;

  beforeEach(async () => {
    api = await startKubeApi();
    clock = new HandClock();
    client = kubeClient(api.access(), clock);
    discovery = new KindDiscovery(client, clock);
  });
  afterEach(async () => {
    client.close();
    await api.close();
  });

  it('asks once and remembers', async () => {
    api.serve(served);
    const path = '/apis/argoproj.io/v1alpha1/namespaces/inference/rollouts/llama/scale';

    await expect(discovery.scalePath(rollout, 'inference')).resolves.toBe(path);
    await expect(discovery.scalePath(rollout, 'inference')).resolves.toBe(path);
    expect(api.requests).toHaveLength(1);
  });

  it('asks again, but not at every look, for a kind that was not there', async () => {
    api.serve({ ...served, kind: 'Analysis', plural: 'analyses' });
    await expect(discovery.scalePath(rollout, 'inference')).rejects.toMatchObject({ status: 404 });
    api.serve(served);

    await clock.advance(29_000);
    await expect(discovery.scalePath(rollout, 'inference')).rejects.toMatchObject({ status: 404 });
    expect(api.requests).toHaveLength(1);
    await clock.advance(1_000);
    await expect(discovery.scalePath(rollout, 'inference')).resolves.toContain('/rollouts/');
  });

  it('does not remember a failure', async () => {
    await expect(discovery.scalePath(rollout, 'inference')).rejects.toThrow(
      '/apis/argoproj.io/v1alpha1: 404 the server could not find the requested resource',
    );
    api.serve(served);

    await expect(discovery.scalePath(rollout, 'inference')).resolves.toContain('/rollouts/');
  });

  it('knows the kinds of the core group', async () => {
    const target = { apiVersion: 'v1', kind: 'ReplicationController', name: 'llama' };
    api.serve({ ...target, plural: 'replicationcontrollers', scaleSelectorPath: 'spec.selector' });

    await expect(discovery.scalePath(target, 'a')).resolves.toBe(
      '/api/v1/namespaces/a/replicationcontrollers/llama/scale',
    );
  });
});
