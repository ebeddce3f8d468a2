import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { engineDefinition, engineNames, engineSignals } from '../../src/domain/engine.ts';
import { kedaKeys, policyKeys } from '../../src/policy/metadata-keys.ts';
import { parseTriggerMetadata } from '../../src/policy/trigger-metadata.ts';

const page = readFileSync('docs/configuration.md', 'utf8');

interface Row {
  readonly table: string;
  readonly keys: readonly string[];
  readonly cells: readonly string[];
}

/** The rows of all tables of the page; a table is known by the title of its first column. */
function rows(): Row[] {
  const found: Row[] = [];
  let table: string | undefined;
  for (const line of page.split('\n')) {
    const cells = line.startsWith('|') ? line.slice(1, -1).split('|').map((cell) => cell.trim()) : []; // prettier-ignore
    const [first] = cells;
    if (first === undefined) table = undefined;
    else if (table === undefined) table = first;
    else if (!first.startsWith('-')) {
      found.push({ table, keys: [...first.matchAll(/`(\w+)`/g)].map(([, key = '']) => key), cells });
    }
  }
  return found;
}

const keysIn = (table: string): string[] => rows().flatMap((row) => (row.table === table ? row.keys : [])).sort(); // prettier-ignore

describe('docs/configuration.md', () => {
  it('describes exactly the keys that there are, each once', () => {
    expect(keysIn('key')).toEqual([...policyKeys].sort());
    expect(keysIn("KEDA's key")).toEqual([...kedaKeys].sort());
  });

  it('describes exactly the engines that there are', () => {
    const told = rows().flatMap(({ table, cells }) => (table === 'engine' ? [cells] : []));
    const code = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ') || 'none';
    const expected = engineNames.map((name) => {
      const { port, path, signals, counts = 'nothing', modelLabel } = engineDefinition(name);
      const offered = (how: string): string => code(engineSignals(name).filter((signal) => signals[signal] === how));
      const label = code(modelLabel === undefined ? [] : [modelLabel]);
      return [code([name]), code([String(port)]), code([path]), offered('always'), offered('sometimes'), counts, label];
    });
    expect(told).toEqual(expected);
  });

  const frame = {
    timezone: 'UTC',
    businessHours: 'daily 08:00-20:00',
    engine: 'vllm',
    queueFrom: 'jobs',
    queueTarget: '5',
  };
  const cellsOf = (column: 'default' | 'example') =>
    rows().flatMap(({ table, keys, cells }) => {
      const cell = cells.at(column === 'example' ? -1 : 2) ?? '';
      const [, value] = /^`([^`]*)`$/.exec(cell) ?? [];
      return table === 'key' && value !== undefined ? keys.map((key) => ({ key, value })) : [];
    });

  it.each(cellsOf('example'))('gives an example of $key that is accepted: $value', ({ key, value }) => {
    expect(parseTriggerMetadata({ ...frame, ...companionsOf(key), [key]: value })).toBeDefined();
  });

  it('gives every key an example', () => {
    expect(cellsOf('example').map(({ key }) => key).sort()).toEqual([...policyKeys].sort()); // prettier-ignore
  });

  it.each(cellsOf('default'))('says rightly that $key is $value by default', ({ key, value }) => {
    const settings = (metadata: Record<string, string>): string =>
      JSON.stringify({ ...parseTriggerMetadata({ ...frame, ...companionsOf(key), ...metadata }), warnings: [] });
    expect(settings({ [key]: value })).toBe(settings({}));
  });
});

/** What else has to be there for a key to mean anything. */
function companionsOf(key: string): Record<string, string> {
  const [, signal, part] = /^(\w+?)(Target|From|Query|Key|Group|Mode)$/.exec(key) ?? [];
  const queue = { queueQuery: 'sum(waiting)' };
  if (signal === undefined || key === 'gpuFrom') return queue;
  const isKeyed = part === 'Key' || part === 'Group' || part === 'Mode';
  const asked = { [`${signal}From`]: 'jobs', [`${signal}${isKeyed ? 'Key' : 'Query'}`]: 'x' };
  return signal === 'queue' ? asked : { ...queue, ...asked };
}
