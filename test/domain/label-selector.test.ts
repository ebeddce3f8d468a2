import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLabelSelector, selectorMatches } from '../../src/domain/label-selector.ts';
import type { Labels } from '../../src/domain/label-selector.ts';
import { labelsMatch } from '../support/kube-selectors.ts';

function matches(text: string, labels: Labels): boolean {
  const selector = parseLabelSelector(text);
  if (typeof selector === 'string') throw new Error(selector);
  return selectorMatches(selector, labels);
}

describe('parseLabelSelector', () => {
  it.each([
    ['app=llama', { app: 'llama' }, true],
    ['app==llama', { app: 'llama' }, true],
    ['app = llama', { app: 'phi' }, false],
    ['app=llama', {}, false],
    ['app!=llama', {}, true],
    ['app!=llama', { app: 'llama' }, false],
    ['app=', { app: '' }, true],
    ['app in (llama, phi)', { app: 'phi' }, true],
    ['app in (llama, phi)', { app: 'mistral' }, false],
    ['app notin (llama,phi)', { app: 'mistral' }, true],
    ['app notin (llama,phi)', {}, true],
    ['app', { app: 'x' }, true],
    ['!app', { app: 'x' }, false],
    ['! app', {}, true],
    ['serving.kserve.io/model=llama,tier in (a,b),!legacy', { 'serving.kserve.io/model': 'llama', tier: 'b' }, true],
    ['serving.kserve.io/model=llama,tier in (a,b),!legacy', { 'serving.kserve.io/model': 'llama' }, false],
    ['', { any: 'thing' }, true],
  ])('%j on %j: %s', (text, labels, expected) => {
    expect(matches(text, labels)).toBe(expected);
  });

  it.each([
    'app~llama',
    '(((',
    'app=a=b',
    'in (a)',
    'app in a',
    'app in (a',
    'app in (a b)',
    'app>1',
    ',',
    'app=llama,',
    '-app',
  ])('refuses %j', (text) => {
    expect(parseLabelSelector(text)).toMatch(/is no label selector term; write app=llama, app!=llama/);
  });

  it('quotes what is wrong, cut short', () => {
    expect(parseLabelSelector(`app=llama,${'~'.repeat(500)}`)).toMatch(/^"~{80}…" is no/);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseLabelSelector(text)));
  });

  it('picks what the API server picks', () => {
    const key = fc.constantFrom('app', 'tier', 'example.com/model');
    const value = fc.constantFrom('a', 'b', 'c.d_e-1');
    const values = fc.array(value, { minLength: 1 });
    const term = fc.oneof(
      fc.tuple(key, fc.constantFrom('=', '==', '!='), value).map((parts) => parts.join('')),
      fc.tuple(key, fc.constantFrom('in', 'notin'), values).map(([k, op, vs]) => `${k} ${op} (${vs.join(',')})`),
      key,
      key.map((k) => `!${k}`),
    );
    fc.assert(
      fc.property(fc.array(term), fc.dictionary(key, value), (terms, labels) => {
        expect(matches(terms.join(','), labels)).toBe(labelsMatch(terms.join(','), labels));
      }),
    );
  });
});
