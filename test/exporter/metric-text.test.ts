import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelText, MetricText, withLabel } from '../../src/exporter/metric-text.ts';

describe('MetricText', () => {
  it('tells metrics in the order in which they were made, with and without series', () => {
    const text = new MetricText();
    const power = text.gauge('power_watts', 'Power, in a \\ and\ntwo lines.');
    text.counter('errors_total', 'Errors.');
    power.set(labelText({ gpu: '0' }), 412.5);
    power.set(labelText({ gpu: '1' }), 0);
    expect(text.text()).toBe(
      '# HELP power_watts Power, in a \\\\ and\\ntwo lines.\n# TYPE power_watts gauge\npower_watts{gpu="0"} 412.5\npower_watts{gpu="1"} 0\n\n' +
        '# HELP errors_total Errors.\n# TYPE errors_total counter\n',
    );
  });

  it('keeps one value for each series: the last one set, or the sum of what was added', () => {
    const text = new MetricText();
    const metric = text.counter('a', 'A.');
    metric.set('{x="1"}', 3);
    metric.set('{x="1"}', 4);
    metric.add('{x="1"}', 5);
    metric.add('', 1);
    expect(metric.text().split('\n').slice(2)).toEqual(['a{x="1"} 9', 'a 1']);
    text.clear();
    expect(metric.text().split('\n').slice(2)).toEqual([]);
  });

  it.each([
    [1e21, '1e+21'],
    [0.1 + 0.2, '0.30000000000000004'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [NaN, 'NaN'],
  ])('writes %d as %s', (value, written) => {
    const metric = new MetricText().gauge('a', 'A.');
    metric.set('', value);
    expect(metric.text().split('\n').at(-1)).toBe(`a ${written}`);
  });
});

const value = fc.string({ unit: fc.constantFrom('\\', '"', '\n', 'n', 'ä', '😀', ' ') });

describe('labelText', () => {
  it('has nothing to say of no labels', () => expect(labelText({})).toBe(''));

  it('writes any value in one line from which it can be read again', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const text = labelText({ a, b });
        const values = [...text.matchAll(/[ab]="((?:[^"\\]|\\.)*)"/gs)].map(([, value = '']) =>
          value.replace(/\\(.)/gs, (_, letter: string) => (letter === 'n' ? '\n' : letter)),
        );
        expect(values).toEqual([a, b]);
        expect(text).not.toContain('\n');
      }),
    );
  });

  it('takes one more label', () => {
    expect(withLabel('', 'a', '"')).toBe(labelText({ a: '"' }));
    expect(withLabel(labelText({ a: '1' }), 'b', '2')).toBe(labelText({ a: '1', b: '2' }));
  });
});
