import { cutText } from './cut-text.ts';

export type Labels = Readonly<Record<string, string>>;

/** One condition on one label. `notin` holds where the label is missing, as it does in Kubernetes. */
interface LabelRequirement {
  readonly key: string;
  readonly operator: 'in' | 'notin' | 'exists' | 'absent';
  readonly values: readonly string[];
}

/** All must hold. No requirement at all matches everything, so whoever can't mean that has to check for it. */
export type LabelSelector = readonly LabelRequirement[];

const key = String.raw`([A-Za-z0-9][\w./-]*)`;
const setTerm = new RegExp(String.raw`^${key}\s+(in|notin)\s*\(([^()]*)\)$`);
const equalityTerm = new RegExp(String.raw`^${key}\s*(==|=|!=)\s*([\w.-]*)$`);
const presenceTerm = new RegExp(String.raw`^(!?)\s*${key}$`);
const labelValue = /^[\w.-]*$/;

/**
 * Reads a label selector as kubectl and the scale subresource write it: `app=llama,tier in (a,b),!legacy`. Answers an
 * error text for anything else. Grammar: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
 */
export function parseLabelSelector(text: string): LabelSelector | string {
  const requirements: LabelRequirement[] = [];
  for (const term of text.trim() === '' ? [] : text.split(/,(?![^(]*\))/)) {
    const requirement = parseTerm(term.trim());
    if (!requirement) return describeBadTerm(term.trim());
    requirements.push(requirement);
  }
  return requirements;
}

export function selectorMatches(selector: LabelSelector, labels: Labels): boolean {
  return selector.every(({ key: label, operator, values }) => {
    const value = labels[label];
    if (operator === 'exists') return value !== undefined;
    if (operator === 'absent') return value === undefined;
    const isListed = value !== undefined && values.includes(value);
    return operator === 'in' ? isListed : !isListed;
  });
}

function describeBadTerm(term: string): string {
  const quoted = JSON.stringify(cutText(term, 80));
  return `${quoted} is no label selector term; write app=llama, app!=llama, "tier in (a,b)", app or !app`;
}

function parseTerm(term: string): LabelRequirement | undefined {
  return parseSet(term) ?? parseEquality(term) ?? parsePresence(term);
}

function parseSet(term: string): LabelRequirement | undefined {
  const [, label, operator, list = ''] = setTerm.exec(term) ?? [];
  const values = list.split(',').map((value) => value.trim());
  if (label === undefined || !values.every((value) => labelValue.test(value))) return undefined;
  return { key: label, operator: operator === 'in' ? 'in' : 'notin', values };
}

function parseEquality(term: string): LabelRequirement | undefined {
  const [, label, operator, value = ''] = equalityTerm.exec(term) ?? [];
  if (label === undefined) return undefined;
  return operator === '!=' ? { key: label, operator: 'notin', values: [value] } : equals(label, value);
}

function parsePresence(term: string): LabelRequirement | undefined {
  const [, not, label] = presenceTerm.exec(term) ?? [];
  return label === undefined ? undefined : { key: label, operator: not === '!' ? 'absent' : 'exists', values: [] };
}

function equals(label: string, value: string): LabelRequirement {
  return { key: label, operator: 'in', values: [value] };
}
