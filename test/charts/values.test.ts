import { globSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { documentedValues, withValuesTable } from '../../scripts/chart-readme.ts';
import { connectionFields } from '../../src/signals/connections/connection-schema.ts';

const chart = 'charts/pilotlight';
const valuesText = readFileSync(`${chart}/values.yaml`, 'utf8');
const schema = JSON.parse(readFileSync(`${chart}/values.schema.json`, 'utf8')) as Schema;
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** What the schema has against some values: `/image /extra must NOT have additional properties`. */
function refusals(values: unknown): string {
  if (validate(values)) return '';
  return (validate.errors ?? [])
    .map((error) => `${error.instancePath} ${JSON.stringify(error.params)} ${error.message ?? ''}`)
    .join('\n');
}

const redis = { type: 'redis', url: 'redis://r', namespaces: ['a'] };

describe('values.schema.json', () => {
  it('accepts the default values', () => {
    expect(refusals(parse(valuesText))).toBe('');
  });

  it.each(globSync([`${chart}/ci/*-values.yaml`, 'examples/*-values.yaml']).sort())('accepts %s', (path) => {
    expect(refusals(parse(readFileSync(path, 'utf8')))).toBe('');
  });

  it.each([
    ['metric names that are none', { exporter: { metricNames: 'nvidia' } }, '/exporter/metricNames'],
    ['a relative log path', { exporter: { sharedGpus: { podLogsPath: 'logs' } } }, '/sharedGpus/podLogsPath'],
    ['a misspelled key', { scaler: { replicaCount: 3 } }, 'replicaCount'],
    ['a key at the top that is none', { prometheus: {} }, 'prometheus'],
    ['a backend that is none', { exporter: { backend: 'dcgm' } }, '/exporter/backend'],
    ['a bare number as a duration', { scaler: { readInterval: '5' } }, '/scaler/readInterval'],
    ['a number as a duration', { exporter: { sampleInterval: 5 } }, '/exporter/sampleInterval'],
    ['no replica', { scaler: { replicas: 0 } }, '/scaler/replicas'],
    ['a port out of range', { scaler: { grpcPort: 70_000 } }, '/scaler/grpcPort'],
    ['a digest without its algorithm', { image: { digest: 'abc' } }, '/image/digest'],
    ['exporters without a namespace', { scaler: { exporterPods: 'app=exporter' } }, '/scaler/exporterPods'],
    ['a token without a key', { exporter: { tokenSecret: { name: 'a' } } }, '/exporter/tokenSecret'],
    ['a deletion cost in place of a switch', { scaler: { podDeletionCost: -1 } }, '/scaler/podDeletionCost'],
    ['a tolerance in percent', { scaler: { hpaTolerance: 10 } }, '/scaler/hpaTolerance'],
    ['a tolerance in percent as text', { scaler: { hpaTolerance: '10%' } }, '/scaler/hpaTolerance'],
    ['an exporter without a scheme', { scaler: { exporters: ['dcgm:9400'] } }, '/scaler/exporters/0'],
    ['a request for a GPU', { exporter: { resources: { limits: { 'nvidia.com/gpu': 1 } } } }, '/exporter/resources'],
    ['a flag without dashes', { scaler: { extraArgs: ['log-level=debug'] } }, '/scaler/extraArgs/0'],
    ['a relative kubelet path', { exporter: { kubeletPath: 'kubelet' } }, '/exporter/kubeletPath'],
    ['a password in a url', { scaler: { connections: { a: { ...redis, url: 'redis://:x@r' } } } }, '/a/url'],
    ['a type of connection that is none', { scaler: { connections: { a: { ...redis, type: 'cafka' } } } }, '/a/type'],
    ['a setting of another type', { scaler: { connections: { a: { ...redis, region: 'x' } } } }, '"region"'],
    ['a Kafka without brokers', { scaler: { connections: { a: { ...redis, type: 'kafka' } } } }, '"brokers"'],
    [
      'a secret without a key',
      { scaler: { connections: { a: { ...redis, caSecret: { name: 'x' } } } } },
      '/a/caSecret',
    ],
    ['a broker without a port', { scaler: { connections: { a: { type: 'kafka', brokers: ['k'] } } } }, '/a/brokers/0'],
    ['a connection whose name the scaler refuses', { scaler: { connections: { Jobs: redis } } }, '"Jobs"'],
    ['a way out that is no list', { networkPolicy: { scalerEgress: {} } }, '/networkPolicy/scalerEgress'],
    ['a connection for nobody', { scaler: { connections: { a: { ...redis, namespaces: [] } } } }, '/a/namespaces'],
    ['a label that selects', { commonLabels: { 'app.kubernetes.io/name': 'mine' } }, '/commonLabels'],
    [
      'a pod label that selects',
      { scaler: { podLabels: { 'app.kubernetes.io/component': 'x' } } },
      '/scaler/podLabels',
    ],
    ['a grace shorter than the program takes', { scaler: { terminationGracePeriodSeconds: 5 } }, '/scaler/termination'],
  ])('refuses %s and names the place', (_, values, place) => {
    expect(refusals(values)).toContain(place);
  });

  it.each(Object.entries(connectionFields))(
    'knows the settings of a connection of type %s, and its secrets',
    (type, fields) => {
      const known = Object.keys(schema.definitions?.[`${type}-connection`]?.properties ?? {});
      const secrets = fields.filter((name) => name.endsWith('File')).map((name) => name.replace(/File$/, 'Secret'));
      expect(known.sort()).toEqual([...fields, ...secrets].sort());
    },
  );

  it('closes every object whose keys it names', () => {
    const open = schemasWithin(schema, '#').filter(({ at }) => at.properties && at.additionalProperties !== false);
    expect(open.map(({ path }) => path)).toEqual([]);
  });

  it('names no value that values.yaml lacks', () => {
    expect(missing(schema, parse(valuesText), '')).toEqual(['global']);
  });
});

describe('the documentation of values', () => {
  it('stands in the README as values.yaml has it', async () => {
    const path = `${chart}/README.md`;
    const readme = readFileSync(path, 'utf8');
    const options = { ...(await resolveConfig(path)), filepath: path };
    expect(readme, 'run `npm run generate:chart`').toBe(await format(withValuesTable(readme, valuesText), options));
  });

  it('reads a comment of several lines, and the first of a map', () => {
    const values = 'a:\n  # -- Three | four.\n  b: [1]\n  # -- Five.\n  c: {}\n';
    expect(documentedValues(values)).toEqual([
      { key: 'a.b', shown: '`[1]`', text: 'Three \\| four.' },
      { key: 'a.c', shown: '`{}`', text: 'Five.' },
    ]);
    expect(documentedValues('# Not this.\n\n# -- One\n# two.\na: 1\n')).toEqual([
      { key: 'a', shown: '`1`', text: 'One two.' },
    ]);
  });

  it('refuses a value without a comment', () => {
    expect(() => documentedValues('a:\n  # -- Said.\n  b: 1\n  c: 2\n')).toThrow(
      'values.yaml: a.c has no "# --" comment',
    );
  });

  it('refuses a README without marks', () => {
    expect(() => withValuesTable('# chart\n', 'a: 1\n')).toThrow('the README needs the lines');
  });
});

describe('Chart.yaml', () => {
  it('is of the version of the programs', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(parse(readFileSync(`${chart}/Chart.yaml`, 'utf8'))).toMatchObject({ version, appVersion: version });
  });
});

function schemasWithin(at: Schema, path: string): { at: Schema; path: string }[] {
  const below = [
    ...Object.entries(at.properties ?? {}),
    ...Object.entries(at.definitions ?? {}).map(([name, definition]) => [`definitions/${name}`, definition] as const),
  ];
  return [{ at, path }, ...below.flatMap(([name, child]) => schemasWithin(child, `${path}/${name}`))];
}

/** Keys that the schema knows and `values` lacks; only below maps that both have. */
function missing(at: Schema, values: unknown, path: string): string[] {
  const resolved = at.$ref === undefined ? at : (schema.definitions?.[at.$ref.split('/').at(-1)!] ?? at);
  if (typeof values !== 'object' || values === null || Object.keys(values).length === 0) return [];
  return Object.entries(resolved.properties ?? {}).flatMap(([key, child]) =>
    key in values ? missing(child, (values as Record<string, unknown>)[key], `${path}${key}.`) : [`${path}${key}`],
  );
}
