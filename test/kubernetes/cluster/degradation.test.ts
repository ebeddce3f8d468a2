import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WorkloadReading } from '../../../src/domain/workload.ts';
import { clusterWorkloads } from '../../../src/kubernetes/cluster/cluster-workloads.ts';
import type { WorkloadSource } from '../../../src/kubernetes/workload-source.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { startKubeApi } from '../../support/kube-api.ts';
import type { KubeApiStandIn } from '../../support/kube-api.ts';
import { deployment, kubeObject, kubePod, scaledObject } from '../../support/kube-objects.ts';
import { recordingLogger } from '../../support/recording-logger.ts';

const llama = { namespace: 'inference', name: 'llama' };
const minuteMs = 60_000;
const patience = { timeout: 10_000, interval: 10 };

/** DESIGN §4: the last known workload for 5 minutes, then unknown with the reason; recovers by itself. */
describe('clusterWorkloads when the Kubernetes API', () => {
  let api: KubeApiStandIn;
  let clock: HandClock;
  let source: WorkloadSource;
  const { logger, lines } = recordingLogger();

  beforeEach(async () => {
    api = await startKubeApi();
    clock = new HandClock('2026-11-23T08:00:00Z');
    lines.length = 0;
    api.apply(scaledObject('llama'), deployment('llama', 1), kubePod('llama-0', 'llama'));
    source = clusterWorkloads({ api: api.access('secret-token'), clock, logger });
    source.watch(llama);
  });
  afterEach(async () => {
    await source.close();
    await api.close();
  });

  it('is down: the last known workload for 5 minutes, then unknown, then known again', async () => {
    await watching();
    const before = lookup();
    await api.goDown();

    await clock.advance(4 * minuteMs);
    expect(lookup()).toEqual(before);
    await clock.advance(minuteMs + 1_000);
    await eventually(() =>
      expect(lookup()).toEqual({
        state: 'unknown',
        reason: expect.stringMatching(/^the Kubernetes API was last heard 5m\d+s ago: .*ECONNREFUSED/) as string,
      }),
    );

    api.apply(deployment('llama', 2));
    await api.comeBack();
    await eventually(() => expect(lookup()).toMatchObject({ state: 'known', workload: { replicas: 2 } }));
  });

  it('is down while the clock is set back: the 5 minutes count from there', async () => {
    await watching();
    await api.goDown();
    clock.jumpTo(clock.nowMs() - 60 * minuteMs);
    expect(lookup().state).toBe('known');
    await clock.advance(4 * minuteMs);
    expect(lookup().state).toBe('known');
    await clock.advance(minuteMs + 1_000);
    await eventuallyUnknown(/^the Kubernetes API was last heard 5m/);
  });

  it('is down from the start: unknown with the reason, then known', async () => {
    await source.close();
    await api.goDown();
    source = clusterWorkloads({ api: api.access(), clock, logger });
    source.watch(llama);

    await eventuallyUnknown(/not told of ScaledObject inference\/llama yet: .*ECONNREFUSED/);

    await api.comeBack();
    await eventually(() => expect(lookup().state).toBe('known'));
  });

  it('is down: says so once for each watch, and once that it works again', async () => {
    await watching();
    await api.goDown();
    await eventually(() => expect(messages()).toEqual(Array<string>(4).fill('kubernetes watch failed')));
    await clock.advance(2 * minuteMs);
    expect(messages()).toHaveLength(4);
    expect(JSON.stringify(lines)).not.toContain('secret-token');

    await api.comeBack();
    await eventually(() => expect(messages().slice(4)).toEqual(Array<string>(4).fill('kubernetes watch works again')));
  });

  it.each(['end', 'cut'] as const)(
    'ends its watches now and then (%s): nothing is missed, listed anew or logged',
    async (how) => {
      await watching();
      const lists = countLists();

      for (let replicas = 2; replicas < 6; replicas += 1) {
        api.dropWatches(how);
        api.apply(deployment('llama', replicas));
        await eventually(() => expect(lookup()).toMatchObject({ workload: { replicas } }));
      }

      expect(countLists()).toBe(lists);
      expect(lines).toEqual([]);
    },
  );

  it.each(['event', 'status'] as const)(
    'has forgotten the version a watch continues from (%s): lists anew',
    async (expiredAs) => {
      await watching();
      api.expiredAs = expiredAs;
      await api.goDown();
      api.remove('Pod', 'llama-0');
      api.apply(kubePod('llama-1', 'llama'), deployment('llama', 3));
      api.expireHistory();
      await api.comeBack();

      await eventually(() =>
        expect(lookup()).toMatchObject({ workload: { replicas: 3, pods: [{ name: 'llama-1' }] } }),
      );
    },
  );

  it('no longer lets the token in: unknown after 5 minutes, and known when it does again', async () => {
    await watching();
    api.token = 'another';
    api.dropWatches();

    await clock.advance(minuteMs);
    expect(lookup().state).toBe('known');
    await eventuallyUnknown(/401 Unauthorized/, minuteMs);

    api.token = 'secret-token';
    await eventually(() => expect(lookup().state).toBe('known'));
  });

  it('swallows packets: the watches are opened again', async () => {
    await watching();
    api.muteWatches();
    api.apply(deployment('llama', 2));

    await eventually(() => expect(lookup()).toMatchObject({ workload: { replicas: 2 } }), 5_000);
    expect(lines).toEqual([]);
  });

  it('does not answer: gives up, says so and tries again', async () => {
    await watching();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    api.holdUntil = promise.then(() => undefined);
    api.dropWatches();

    await eventually(() => expect(lines[0]?.['reason']).toMatch(/: no answer within 15 s$/));
    expect(lookup().state).toBe('known');

    resolve(undefined);
    api.apply(deployment('llama', 2));
    await eventually(() => expect(lookup()).toMatchObject({ workload: { replicas: 2 } }));
  });

  it.each([
    ['a line that is not JSON', '{"type":"MODIFIED","object":{"metadata"'],
    ['an event without a name', '{"type":"ADDED","object":{"metadata":{"resourceVersion":"999999"}}}'],
    ['an event of a type that there is not', '{"type":"CHANGED","object":{}}'],
    ['an error without a status', '{"type":"ERROR","object":null}'],
  ])('sends nonsense (%s): goes on with what it can read', async (_case, line) => {
    await watching();

    api.inject('deployments', line);
    api.apply(deployment('llama', 2));

    await eventually(() => expect(lookup()).toMatchObject({ workload: { replicas: 2 } }));
  });

  it('repeats an event, or sends an old one: the newest stands', async () => {
    await watching();
    const old = kubePod('llama-9', 'llama', { metadata: { labels: { app: 'llama' }, resourceVersion: '1001' } });
    const gone = { ...old, metadata: { ...old.metadata, name: 'llama-1' } };
    api.apply(kubePod('llama-1', 'llama'));
    await eventually(() => expect(podNames()).toEqual(['llama-0', 'llama-1']));

    api.inject('pods', JSON.stringify({ type: 'DELETED', object: gone }));
    api.inject('pods', JSON.stringify({ type: 'ADDED', object: old }));
    api.apply(kubePod('llama-2', 'llama'));

    await eventually(() => expect(podNames()).toEqual(['llama-0', 'llama-1', 'llama-2']));
  });

  it('has more pods than fit a page', async () => {
    await source.close();
    for (let index = 1; index < 1_300; index += 1) api.apply(kubePod(`llama-${index}`, 'llama'));
    source = clusterWorkloads({ api: api.access(), clock, logger });
    source.watch(llama);

    await eventually(() => expect(podNames()).toHaveLength(1_300));
    expect(api.requests.filter(({ path, query }) => path.endsWith('/pods') && query.has('continue'))).toHaveLength(2);
  });

  it('deletes the whole namespace: not found at once', async () => {
    await watching();

    api.remove('Pod', 'llama-0');
    api.remove('Deployment', 'llama');
    api.remove('ScaledObject', 'llama');

    await eventuallyUnknown(/^ScaledObject inference\/llama not found/);
  });

  it('does not let ScaledObjects be seen: unknown with the reason, known once it does', async () => {
    api.forbidden.push('/scaledobjects');
    await source.close();
    source = clusterWorkloads({ api: api.access(), clock, logger });
    source.watch(llama);
    await eventuallyUnknown(/scaledobjects.*403/);

    api.forbidden.length = 0;
    await eventually(() => expect(lookup().state).toBe('known'));
  });

  it('is down, and the target is of a kind that is polled: the same 5 minutes hold', async () => {
    const apiVersion = 'argoproj.io/v1alpha1';
    api.serve({ apiVersion, kind: 'Rollout', plural: 'rollouts', scaleSelectorPath: 'status.selector' });
    const status = { replicas: 3, selector: 'app=llama' };
    api.apply(kubeObject(apiVersion, 'Rollout', 'llama', { spec: { replicas: 3 }, status }));
    api.apply(scaledObject('llama', { spec: { scaleTargetRef: { apiVersion, kind: 'Rollout', name: 'llama' } } }));
    await eventually(() => expect(lookup()).toMatchObject({ workload: { replicas: 3 } }));
    await api.goDown();

    await clock.advance(4 * minuteMs);
    expect(lookup()).toMatchObject({ state: 'known', workload: { replicas: 3 } });
    await clock.advance(2 * minuteMs);
    await eventuallyUnknown(/^the Kubernetes API was last heard/);
    expect(messages().filter((message) => message === 'scale can not be read')).toHaveLength(1);

    await api.comeBack();
    await eventually(() => expect(lookup().state).toBe('known'));
    expect(messages()).toContain('scale can be read again');
  });

  it('is quiet for a quarter of an hour: what is known stays known', async () => {
    await watching();
    for (let minute = 0; minute < 15; minute += 1) {
      await clock.advance(minuteMs);
      api.bookmark();
      await vi.waitFor(() => expect(lookup()).toMatchObject({ state: 'known', observedAtMs: clock.nowMs() }), patience);
    }
  });

  /** The workload is known, and all three watches are open. */
  async function watching(): Promise<void> {
    await eventually(() => {
      expect(lookup().state).toBe('known');
      expect(api.openWatches).toBe(4);
    });
  }

  /** Lets time pass until the expectation holds. */
  async function eventually(expectation: () => void, stepMs = 1_000): Promise<void> {
    await vi.waitFor(async () => {
      await clock.advance(stepMs);
      expectation();
    }, patience);
  }

  function eventuallyUnknown(reason: RegExp, stepMs?: number): Promise<void> {
    const expected = { state: 'unknown', reason: expect.stringMatching(reason) as string };
    return eventually(() => expect(lookup()).toEqual(expected), stepMs);
  }

  function lookup(): WorkloadReading {
    return source.lookup(llama);
  }

  function podNames(): string[] {
    const reading = lookup();
    return reading.state === 'known' ? reading.workload.pods.map(({ name }) => name).sort() : [];
  }

  function messages(): string[] {
    return lines.map(({ msg }) => msg);
  }

  function countLists(): number {
    return api.requests.filter(({ query }) => query.get('watch') !== 'true').length;
  }
});
