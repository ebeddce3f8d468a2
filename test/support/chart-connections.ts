import { stringify } from 'yaml';
import { parseConnections } from '../../src/signals/connections/connections.ts';
import type { Connections } from '../../src/signals/connections/connections.ts';

type Settings = Readonly<Record<string, unknown>>;

/** Values of the chart, as far as they are connections. */
export interface ConnectionValues {
  readonly scaler?: { readonly connections?: Readonly<Record<string, Settings>> };
}

/** The connections in values of the chart as the scaler reads them: each secret is the file that it is mounted as. */
export function chartConnections({ scaler }: ConnectionValues): Connections {
  const connections = Object.entries(scaler?.connections ?? {}).map(([name, settings]) => [name, withFiles(settings)] as const); // prettier-ignore
  return parseConnections(stringify({ connections: Object.fromEntries(connections) }), 'values');
}

function withFiles(settings: Settings): Settings {
  const entries = Object.entries(settings).map(([key, value]) => {
    if (key === 'sentinel') return [key, withFiles(value as Settings)];
    return key.endsWith('Secret') ? [key.replace(/Secret$/, 'File'), '/mounted'] : [key, value];
  });
  return Object.fromEntries(entries) as Settings;
}
