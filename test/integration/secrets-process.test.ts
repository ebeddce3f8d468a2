import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TestContext } from 'vitest';
import { freePort } from '../../src/program/child.ts';
import { canarySecret, findCanaries } from '../support/canaries.ts';
import { serverA } from '../support/certificates.ts';
import { KedaClient } from '../support/keda-client.ts';
import type { Trigger } from '../support/keda-client.ts';
import { startKubeApi } from '../support/kube-api.ts';
import type { KubeApiStandIn } from '../support/kube-api.ts';
import { deployment, scaledObject } from '../support/kube-objects.ts';
import { refusedScaler, startScalerProcess } from '../support/scaler-process.ts';
import { echoBytes, secretiveKinds } from '../support/secretive-kinds.ts';
import type { SecretiveKind, Settings } from '../support/secretive-kinds.ts';
import { startTlsFront } from '../support/tls-front.ts';

const patience = { timeout: 60_000, interval: 200 };
/** How much faster than the world the scaler runs: events are a minute apart. */
const speed = 60;

function newFolder(test: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-secrets-'));
  test.onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** What is wrong with each server: nobody is there, no such name, not to be trusted, quotes all it hears, sends it back. */
async function places(test: TestContext, kind: SecretiveKind, secrets: readonly string[]): Promise<Settings[]> {
  const front = await startTlsFront({ targetPort: await freePort(), pair: serverA });
  test.onTestFinished(() => front.stop());
  return [
    kind.at(`127.0.0.1:${await freePort()}`, false),
    kind.at('nowhere.invalid:1234', false),
    kind.at(front.host, true),
    kind.at(await kind.echo(test, secrets), false),
    kind.at(await echoBytes(test), false),
  ];
}

/** A connection for each type and each thing that can be wrong, and a trigger that uses it. */
async function connectionsAndTriggers(test: TestContext, folder: string) {
  const connections: Record<string, Settings> = {};
  const triggers: Trigger[] = [];
  for (const [type, kind] of Object.entries(secretiveKinds)) {
    const secrets: string[] = [];
    const settings = kind.settings((name, text = canarySecret(name)) => {
      secrets.push(text);
      writeFileSync(join(folder, name), `${text}\n`);
      return join(folder, name);
    });
    for (const [index, place] of (await places(test, kind, secrets)).entries()) {
      const name = `${type}-${index}`;
      connections[name] = { ...settings, ...place, namespaces: ['inference'] };
      const asked = Object.entries(kind.asked).map(([key, value]) => [key, value === 'here' ? name : value]);
      triggers.push({ namespace: 'inference', name, metadata: { scalerAddress: 'pilotlight:6000', ...Object.fromEntries(asked) as object } }); // prettier-ignore
    }
  }
  return { connections, triggers };
}

/** What it takes for the rule that decides to change: replicas by hand, which are held when the hand is taken away. */
function override(api: KubeApiStandIn, triggers: readonly Trigger[], text: string | undefined, replicas: number): void {
  const annotations = text === undefined ? {} : { 'pilotlight.io/override': text };
  for (const { name } of triggers) api.apply(scaledObject(name, { metadata: { annotations } }), deployment(name, replicas)); // prettier-ignore
}

/** All that the scaler says of these triggers over gRPC, errors included. */
async function askAll(keda: KedaClient, triggers: readonly Trigger[]): Promise<string> {
  const answers = triggers.map((trigger) =>
    Promise.allSettled([keda.metricValue(trigger, 'required-replicas'), keda.isActive(trigger)]),
  );
  return JSON.stringify((await Promise.all(answers)).flat().map((one) => (one.status === 'rejected' ? String(one.reason) : one.value))); // prettier-ignore
}

describe('the secrets of connections', { timeout: 200_000 }, () => {
  it('show nowhere, whatever goes wrong and whatever servers quote', async (test) => {
    const folder = newFolder(test);
    const { connections, triggers } = await connectionsAndTriggers(test, folder);
    const api = await startKubeApi();
    test.onTestFinished(() => api.close());
    override(api, triggers, 'min=3 until=2099-01-01T00:00Z reason=test', 2);
    writeFileSync(join(folder, 'connections.yaml'), JSON.stringify({ connections }));
    writeFileSync(join(folder, 'kubeconfig'), api.kubeConfig().exportConfig());
    const now = Date.now();
    const scaler = await startScalerProcess(test, undefined, [
      ...['--kubeconfig', join(folder, 'kubeconfig'), '--connections', join(folder, 'connections.yaml')],
      ...[
        '--clock',
        `${now},${now},${speed}`,
        '--read-interval',
        '60s',
        '--read-timeout',
        '120s',
        '--log-level',
        'trace',
      ],
    ]);
    const keda = new KedaClient(scaler.grpcAddress);
    test.onTestFinished(() => keda.close());
    const told: string[] = [];
    const asked = async (): Promise<string> => {
      told.push(await askAll(keda, triggers));
      return told.at(-1) ?? '';
    };

    await expect.poll(asked, patience).toBe(JSON.stringify(triggers.flatMap(() => [3, true])));
    override(api, triggers, undefined, 2);
    const events = (): string[] => api.requests.filter(({ path }) => path.endsWith('/events')).map(({ body }) => JSON.stringify(body)); // prettier-ignore
    const lost = (): number => events().filter((event) => event.includes('SignalsLost')).length;
    await expect.poll(async () => (await asked(), lost()), patience).toBeGreaterThanOrEqual(triggers.length);
    override(api, triggers, undefined, 0);
    await expect.poll(asked, patience).not.toMatch(/\b[0-9]+,|true|false/);

    const pages = ['/metrics', '/api/decisions', '/', '/readyz'].map(async (path) => (await fetch(scaler.httpAddress + path)).text()); // prettier-ignore
    const [metrics = '', decisions = '', ...rest] = await Promise.all(pages);
    const shown = { told, events: events(), metrics, decisions, rest, logs: scaler.logs, stderr: scaler.stderr() };
    for (const [place, what] of Object.entries(shown)) expect({ place, canaries: findCanaries(JSON.stringify(what)) }).toEqual({ place, canaries: [] }); // prettier-ignore
    // They were quoted, in what people read, and hidden there.
    for (const what of [told, events(), decisions, scaler.logs]) expect(JSON.stringify(what)).toContain('nobody with ***'); // prettier-ignore
    expect(await scaler.stop()).toBe(0);
  });

  it.each([
    ['a URL with a password', 'connections: { a: { type: redis, url: "redis://anna:cnry-1@r", namespaces: [x] } }'],
    [
      'a token in the place of its file',
      'connections: { a: { type: nats, url: "nats://n", token: cnry-2, namespaces: [x] } }',
    ],
    [
      'a broker with a password',
      'connections: { a: { type: kafka, brokers: ["anna:cnry-3@k:9092"], namespaces: [x] } }',
    ],
    [
      'a header of our own',
      'connections: { a: { type: http-json, url: "http://h", headers: { Authorization: cnry-4 }, namespaces: [x] } }',
    ],
    ['what is no YAML', 'connections: { a: { type: redis, password: "cnry-5'],
    ['a key twice', 'password: cnry-6\npassword: cnry-7'],
  ])('are not repeated where the connections file is refused for %s', async (_, text) => {
    const folder = mkdtempSync(join(tmpdir(), 'pilotlight-secrets-'));
    const [connections, workloads] = [join(folder, 'connections.yaml'), join(folder, 'workloads.yaml')];
    writeFileSync(connections, text);
    writeFileSync(workloads, 'workloads: []');
    const { exitCode, stderr } = await refusedScaler(['--workloads', workloads, '--connections', connections]);
    rmSync(folder, { recursive: true });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('connections.yaml: ');
    expect(findCanaries(stderr)).toEqual([]);
  });
});
