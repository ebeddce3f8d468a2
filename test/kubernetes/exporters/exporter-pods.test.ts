import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ExporterPlace } from '../../../src/domain/exporter-place.ts';
import { exporterPods } from '../../../src/kubernetes/exporters/exporter-pods.ts';
import type { OpenDirectory } from '../../../src/kubernetes/exporters/exporter-pods.ts';
import { parseExporterSelection } from '../../../src/kubernetes/exporters/exporter-selection.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { startKubeApi } from '../../support/kube-api.ts';
import type { KubeApiStandIn } from '../../support/kube-api.ts';
import { kubePod } from '../../support/kube-objects.ts';
import type { KubeObject } from '../../support/kube-objects.ts';
import { recordingLogger } from '../../support/recording-logger.ts';

const selection = parseExporterSelection('gpu/app=exporter port=9401');

interface ExporterPod {
  readonly node?: string;
  readonly ip?: string;
  readonly ready?: boolean;
  readonly created?: string;
  readonly terminating?: boolean;
}

function exporter(
  name: string,
  { node, ip, ready = true, created = '2026-11-23T08:00:00Z', terminating }: ExporterPod,
): KubeObject {
  return kubePod(name, 'exporter', {
    metadata: {
      namespace: 'gpu',
      labels: { app: 'exporter' },
      creationTimestamp: created,
      ...(terminating === true && { deletionTimestamp: '2026-11-23T09:00:00Z' }),
    },
    spec: { nodeName: node },
    status: { phase: 'Running', podIP: ip, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  });
}

describe('exporterPods', () => {
  let api: KubeApiStandIn;
  let clock: HandClock;
  let directory: OpenDirectory;
  const { logger } = recordingLogger();

  beforeEach(async () => {
    api = await startKubeApi();
    clock = new HandClock('2026-11-23T08:00:00Z');
    api.apply(exporter('exporter-a', { node: 'node-a', ip: '10.0.0.1' }));
    directory = exporterPods(selection, { api: api.access(), clock, logger });
  });
  afterEach(async () => {
    directory.close();
    await api.close();
  });

  async function eventually(node: string, expected: ExporterPlace | { state: string; reason: unknown }): Promise<void> {
    await vi.waitFor(
      async () => {
        await clock.advance(1_000);
        expect(directory.find(node)).toEqual(expected);
      },
      { timeout: 10_000, interval: 10 },
    );
  }

  const at = (ip: string): ExporterPlace => ({ state: 'found', url: new URL(`http://${ip}:9401/metrics`) });

  it('finds the exporter of a node, and says where there is none', async () => {
    await eventually('node-a', at('10.0.0.1'));
    expect(directory.find('node-b')).toEqual({
      state: 'none',
      reason: 'no exporter runs on node-b: no pod there has app=exporter in gpu',
    });
    expect(api.requests.every(({ path }) => path === '/api/v1/namespaces/gpu/pods')).toBe(true);
  });

  it('follows an exporter to another address, and sees one come and go', async () => {
    await eventually('node-a', at('10.0.0.1'));
    api.apply(exporter('exporter-a', { node: 'node-a', ip: '10.0.0.9' }));
    await eventually('node-a', at('10.0.0.9'));
    api.apply(exporter('exporter-b', { node: 'node-b', ip: 'fd00::2' }));
    await eventually('node-b', { state: 'found', url: new URL('http://[fd00::2]:9401/metrics') });
    api.remove('Pod', 'exporter-b', 'gpu');
    await eventually('node-b', { state: 'none', reason: expect.stringMatching(/^no exporter runs on node-b/) });
  });

  it('asks one of two on a node: one that can be asked, is ready, and is the newest', async () => {
    api.apply(exporter('exporter-b', { node: 'node-a', ip: '10.0.0.2', created: '2026-11-23T08:00:01Z' }));
    await eventually('node-a', at('10.0.0.2'));
    api.apply(
      exporter('exporter-b', { node: 'node-a', ip: '10.0.0.2', created: '2026-11-23T08:00:01Z', ready: false }),
    );
    await eventually('node-a', at('10.0.0.1'));
    api.apply(exporter('exporter-a', { node: 'node-a', ip: '10.0.0.1', terminating: true }));
    await eventually('node-a', at('10.0.0.2'));
    api.apply(exporter('exporter-b', { node: 'node-a' }));
    await eventually('node-a', at('10.0.0.1'));
  });

  it('can not tell while an exporter has no address, or is on no node yet', async () => {
    api.apply(exporter('exporter-b', { node: 'node-b' }), exporter('exporter-c', { ip: '10.0.0.3' }));
    await eventually('node-b', { state: 'unknown', reason: 'exporter exporter-b on node-b has no address yet' });
  });

  it('can not tell before the API server was heard, and keeps what it knows when that is down', async () => {
    expect(directory.find('node-a')).toEqual({
      state: 'unknown',
      reason: 'the Kubernetes API has not told of the exporters in gpu yet',
    });
    await eventually('node-a', at('10.0.0.1'));
    await api.goDown();
    await clock.advance(600_000);
    expect(directory.find('node-a')).toEqual(at('10.0.0.1'));
    api.apply(exporter('exporter-a', { node: 'node-a', ip: '10.0.0.7' }));
    await api.comeBack();
    await eventually('node-a', at('10.0.0.7'));
  });

  it('says why the API server tells nothing', async () => {
    directory.close();
    api.forbidden.push('/namespaces/gpu/');
    directory = exporterPods(selection, { api: api.access(), clock, logger });
    await eventually('node-a', {
      state: 'unknown',
      reason: expect.stringMatching(/^the Kubernetes API has not told of the exporters in gpu yet: .*403/),
    });
  });
});
