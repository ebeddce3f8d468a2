import { cutText } from '../../domain/cut-text.ts';
import { parseLabelSelector } from '../../domain/label-selector.ts';
import { isObjectName } from '../cluster/records/object-name.ts';

/** Which pods are exporters, and where in a pod its metrics are. */
export interface ExporterSelection {
  readonly namespace: string;
  readonly selector: string;
  readonly scheme: 'http' | 'https';
  readonly port: number;
  readonly path: string;
}

const example = 'pilotlight/app.kubernetes.io/component=exporter port=9400';
const setting = /\s+(port|path|scheme)=(\S*)$/;

/**
 * Reads `NAMESPACE/SELECTOR [port=9400] [path=/metrics] [scheme=http]`, with the label selector in kubectl's form. Throws
 * an error that says what is wrong and shows an example.
 */
export function parseExporterSelection(text: string): ExporterSelection {
  const { rest, given } = takeSettings(text.trim());
  const [, namespace = '', selector = ''] = /^([^/]*)\/(.*)$/s.exec(rest) ?? [];
  if (!isObjectName(namespace))
    throw wrong(`"${cutText(rest, 80)}" does not begin with the name of a namespace and "/"`);
  const parsed = parseLabelSelector(selector);
  if (typeof parsed === 'string') throw wrong(parsed);
  if (parsed.length === 0) throw wrong('the label selector is missing');
  return { namespace, selector, ...readPlace(given) };
}

/** Takes the settings off the end; a selector may have blanks itself. */
function takeSettings(text: string): { rest: string; given: ReadonlyMap<string, string> } {
  const given = new Map<string, string>();
  let rest = text;
  for (let found = setting.exec(rest); found; found = setting.exec(rest)) {
    const [, name = '', value = ''] = found;
    if (given.has(name)) throw wrong(`${name} is given twice`);
    given.set(name, value);
    rest = rest.slice(0, found.index);
  }
  return { rest, given };
}

function readPlace(given: ReadonlyMap<string, string>): Pick<ExporterSelection, 'scheme' | 'port' | 'path'> {
  const { port = '9400', path = '/metrics', scheme = 'http' } = Object.fromEntries(given);
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) throw wrong(`"port=${cutText(port, 80)}" is not a port from 1 to 65535`); // prettier-ignore
  if (!/^\/[^\s?#]*$/.test(path)) throw wrong(`"path=${cutText(path, 80)}" is not a path such as /metrics`);
  if (scheme !== 'http' && scheme !== 'https') throw wrong(`"scheme=${cutText(scheme, 80)}" is neither http nor https`);
  return { scheme, port: Number(port), path };
}

function wrong(problem: string): Error {
  return new Error(`${problem}; write NAMESPACE/SELECTOR, as in "${example}"`);
}
