import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ConnectionOrigin } from '../../src/domain/policy.ts';
import { parseTriggerMetadata } from '../../src/policy/trigger-metadata.ts';
import { describeMisfit } from '../../src/signals/kinds/kind-rules.ts';
import { chartConnections } from '../support/chart-connections.ts';
import type { ConnectionValues } from '../support/chart-connections.ts';

interface ScaledObject {
  readonly metadata: { readonly namespace: string };
  readonly spec: { readonly triggers: readonly { readonly metadata: Record<string, string> }[] };
}

const valuesFile = 'examples/connections-values.yaml';
const values = parse(readFileSync(valuesFile, 'utf8')) as ConnectionValues;
const connections = chartConnections(values);

/** What the triggers of the examples ask of connections. */
const asked = globSync('examples/*.yaml')
  .filter((path) => path !== valuesFile)
  .sort()
  .flatMap((path) => {
    const { metadata, spec } = parse(readFileSync(path, 'utf8')) as ScaledObject;
    const signals = spec.triggers.flatMap((trigger) => parseTriggerMetadata(trigger.metadata).signals);
    const origins = signals.filter(({ origin }) => origin.kind === 'connection');
    return origins.map(({ signal, origin }) => ({ path, signal, namespace: metadata.namespace, origin: origin as ConnectionOrigin })); // prettier-ignore
  });

describe('the connections of the examples', () => {
  it.each(asked)('$path finds $origin.connection, and asks it as it can be asked', ({ signal, namespace, origin }) => {
    const found = connections.lookup(origin.connection, namespace);
    expect(found).toMatchObject({ state: 'found' });
    if (found.state === 'found') expect(describeMisfit(origin, found.connection, signal)).toBeUndefined();
  });

  it('are all asked by some example', () => {
    const names = new Set(asked.map(({ origin }) => origin.connection));
    expect([...names].sort()).toEqual(Object.keys(values.scaler?.connections ?? {}).sort());
  });
});
