/** Selectors as the API server applies them to lists and watches. Written apart from src, so that each tests the other. */
type Labels = Readonly<Record<string, string>>;

/** `app=llama,tier in (a,b),!legacy` applied to labels. Throws on a text that is no label selector. */
export function labelsMatch(selector: string, labels: Labels): boolean {
  return splitOutsideBrackets(selector).every((term) => termMatches(term.trim(), labels));
}

/** `status.phase!=Failed,metadata.name=llama-0` applied to an object. */
export function fieldsMatch(selector: string, object: unknown): boolean {
  return selector.split(',').every((term) => {
    const [, path = '', operator, value] = /^([\w.]+)(!=|==|=)(.*)$/.exec(term.trim()) ?? [];
    if (operator === undefined) throw new Error(`"${term}" is no field selector`);
    return (operator === '!=') !== (fieldAt(object, path) === value);
  });
}

/** The value at a dotted path, as a text; empty where there is none. */
export function fieldAt(object: unknown, path: string): string {
  let value = object;
  for (const key of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function splitOutsideBrackets(selector: string): string[] {
  return selector.split(/,(?![^(]*\))/).filter((term) => term.trim() !== '');
}

function termMatches(term: string, labels: Labels): boolean {
  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(term);
  if (set) {
    const values = set[3]!.split(',').map((value) => value.trim());
    const has = labels[set[1]!] !== undefined && values.includes(labels[set[1]!]!);
    return set[2] === 'in' ? has : !has;
  }
  const equality = /^([^!=\s]+)\s*(!=|==|=)\s*(\S*)$/.exec(term);
  if (equality) return (equality[2] === '!=') !== (labels[equality[1]!] === equality[3]);
  const presence = /^(!?)\s*([\w./-]+)$/.exec(term);
  if (!presence) throw new Error(`"${term}" is no label selector`);
  return (presence[1] === '!') !== (labels[presence[2]!] !== undefined);
}
