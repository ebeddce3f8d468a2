import { describe, expect, it } from 'vitest';
import { parseExporterSelection } from '../../../src/kubernetes/exporters/exporter-selection.ts';

const ours = 'pilotlight/app.kubernetes.io/component=exporter';
const own = { namespace: 'pilotlight', selector: 'app.kubernetes.io/component=exporter' };
const usual = { scheme: 'http', port: 9400, path: '/metrics' };

describe('the selection of exporters', () => {
  it.each([
    [ours, { ...own, ...usual }],
    [`  ${ours}  port=9401 `, { ...own, ...usual, port: 9401 }],
    [`${ours} scheme=https path=/gpu/metrics port=443`, { ...own, scheme: 'https', port: 443, path: '/gpu/metrics' }],
    ['gpu-operator/app in (a, b),!old', { ...usual, namespace: 'gpu-operator', selector: 'app in (a, b),!old' }],
  ])('reads %j', (text, expected) => {
    expect(parseExporterSelection(text)).toEqual(expected);
  });

  it.each([
    ['', '"" does not begin with the name of a namespace and "/"'],
    ['app=exporter', '"app=exporter" does not begin with the name of a namespace and "/"'],
    ['http://exporter:9400', '"http://exporter:9400" does not begin with the name of a namespace and "/"'],
    ['pilotlight/', 'the label selector is missing'],
    [
      'pilotlight/app = = x',
      '"app = = x" is no label selector term; write app=llama, app!=llama, "tier in (a,b)", app or !app',
    ],
    [`${ours} port=0`, '"port=0" is not a port from 1 to 65535'],
    [`${ours} port=http`, '"port=http" is not a port from 1 to 65535'],
    [`${ours} port=1 port=2`, 'port is given twice'],
    [`${ours} path=metrics`, '"path=metrics" is not a path such as /metrics'],
    [`${ours} scheme=ftp`, '"scheme=ftp" is neither http nor https'],
  ])('refuses %j', (text, problem) => {
    const example = '; write NAMESPACE/SELECTOR, as in "pilotlight/app.kubernetes.io/component=exporter port=9400"';
    expect(() => parseExporterSelection(text)).toThrow(new Error(problem + example));
  });
});
