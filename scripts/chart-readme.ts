import { isMap, isScalar, parseDocument } from 'yaml';
import type { Pair, YAMLMap } from 'yaml';

interface Value {
  readonly key: string;
  readonly shown: string;
  readonly text: string;
}

const begin = '<!-- values: made from values.yaml by `npm run generate:chart` -->';
const end = '<!-- end of values -->';

/** Puts the table of values between its two marks in the chart's README; throws when a mark or a comment is missing. */
export function withValuesTable(readme: string, valuesYaml: string): string {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from === -1 || to < from) throw new Error(`the README needs the lines "${begin}" and "${end}", in this order`);
  const rows = documentedValues(valuesYaml).map(({ key, shown, text }) => `| \`${key}\` | ${shown} | ${text} |`);
  const table = ['| value | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
  return `${readme.slice(0, from)}${begin}\n\n${table}\n\n${readme.slice(to)}`;
}

/** Every value that has a `# --` comment. A leaf without one, itself or above it, is an error. */
export function documentedValues(valuesYaml: string): readonly Value[] {
  const { contents } = parseDocument(valuesYaml);
  if (!isMap(contents)) throw new Error('values.yaml is not a map');
  return describe(contents, '');
}

function describe(map: YAMLMap, above: string): Value[] {
  return map.items.flatMap((pair, index) => {
    const key = `${above}${String(pair.key)}`;
    const text = comment(map, pair, index);
    const { value } = pair;
    if (text !== undefined && !(isMap(value) && hasComments(value))) return [{ key, shown: shown(value), text }];
    if (isMap(value) && value.items.length > 0) return describe(value, `${key}.`);
    throw new Error(`values.yaml: ${key} has no "# --" comment`);
  });
}

function hasComments(map: YAMLMap): boolean {
  return map.items.some((item, index) => comment(map, item, index) !== undefined);
}

/** The comment above a key; that of a map's first key is kept with the map. */
function comment(map: YAMLMap, pair: Pair, index: number): string | undefined {
  const own = isScalar(pair.key) ? (pair.key.commentBefore ?? undefined) : undefined;
  const lines = (own ?? (index === 0 ? map.commentBefore : undefined))?.split('\n').map((line) => line.trim()) ?? [];
  const start = lines.findLastIndex((line) => line.startsWith('-- '));
  if (start === -1) return undefined;
  return lines.slice(start).join(' ').replace(/^-- /, '').replaceAll('|', '\\|');
}

function shown(value: unknown): string {
  const json = JSON.stringify((value as { toJSON(): unknown }).toJSON());
  return json.length > 60 ? 'see values.yaml' : `\`${json}\``;
}
