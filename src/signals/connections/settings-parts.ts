import { z } from 'zod';
import { checkHost } from '../network/refused-addresses.ts';

const namespaceName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
/** What Node takes for a header, less what would let a value carry another header. */
const headerName = /^[A-Za-z0-9-]{1,100}$/;
const headerValue = /^[\x20-\x7e]{0,1000}$/;
/** Headers that say who we are or frame the request: they have settings of their own, or none. */
const reservedHeaders: readonly string[] = ['authorization', 'host', 'content-length', 'content-type', 'connection', 'transfer-encoding']; // prettier-ignore

/** A text that is not empty. */
export const text = z.string('must be a text').min(1, 'must not be empty');

/** Which namespaces' triggers may use a connection. */
export const namespaces = z
  .array(
    z
      .string()
      .refine((name) => name === '*' || namespaceName.test(name), 'must be the name of a namespace, or "*" for all'),
    'must be a list of the namespaces that may use the connection, ["*"] for all',
  )
  .min(1, 'must name the namespaces that may use the connection, ["*"] for all');

/** A URL of one of these schemes, without credentials: those stay in files, so that this file may be shown to anyone. */
export function urlOf(protocols: readonly string[], example: string): z.ZodType<URL> {
  return z.string(`must be a URL such as ${example}`).transform((value, context) => {
    const url = URL.parse(value);
    const problem = problemOf(url, protocols, example);
    if (url !== null && problem === undefined) return url;
    context.issues.push({ code: 'custom', message: problem ?? '', input: value });
    return z.NEVER;
  });
}

function problemOf(url: URL | null, protocols: readonly string[], example: string): string | undefined {
  if (url === null || !protocols.includes(url.protocol) || url.hostname === '')
    return `must be a URL such as ${example}`;
  if (url.username !== '' || url.password !== '') return 'must not hold a user or a password; write username and passwordFile'; // prettier-ignore
  return refusalOf(url.hostname);
}

/** Why no connection may lead to this host; undefined for one that may be asked. */
function refusalOf(host: string): string | undefined {
  try {
    checkHost(host);
    return undefined;
  } catch {
    return 'must not be a link-local or metadata address';
  }
}

/** `host:port`, of a host that may be asked. */
export const hostAndPort = z.string('must be a text such as host:9092').transform((value, context) => {
  const url = /^[^\s/@?#]+:\d{1,5}$/.test(value) ? URL.parse(`tcp://${value}`) : null;
  const problem = url === null ? 'must be host and port, such as kafka.jobs:9092' : refusalOf(url.hostname);
  if (url !== null && problem === undefined)
    return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) };
  context.issues.push({ code: 'custom', message: problem ?? '', input: value });
  return z.NEVER;
});

/** TLS, wherever a connection speaks it. */
export const tlsShape = {
  /** PEM of the authorities to trust, in the place of those that are known anyway. */
  caFile: text.optional(),
  certFile: text.optional(),
  keyFile: text.optional(),
  serverName: text.optional(),
};

export interface TlsSettings {
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly serverName?: string | undefined;
}

/** What a server is asked with over HTTP. */
export const httpShape = {
  url: urlOf(['http:', 'https:'], 'http://prometheus.monitoring:9090'),
  bearerTokenFile: text.optional(),
  username: text.optional(),
  passwordFile: text.optional(),
  headers: z
    .record(
      z.string().refine((name) => headerName.test(name) && !reservedHeaders.includes(name.toLowerCase())),
      z.string('must be a text').regex(headerValue, 'must be a text of one line in ASCII'),
      { error: ({ code }) => (code === 'invalid_key' ? 'can not be set here' : 'must be a map from names of headers to texts') }, // prettier-ignore
    )
    .optional(),
  ...tlsShape,
};

export interface HttpSettings extends TlsSettings {
  readonly url: URL;
  readonly bearerTokenFile?: string | undefined;
  readonly username?: string | undefined;
  readonly passwordFile?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

type Together = readonly [string, string];
type Given = Readonly<Record<string, unknown>>;

/** Reports settings of which one is given and the other is not. */
export function goTogether(...[first, second]: Together) {
  return (given: Given, context: z.RefinementCtx): void => {
    if ((given[first] === undefined) === (given[second] === undefined)) return;
    context.addIssue({ code: 'custom', path: [first], message: `and ${second} go together: write both or neither` });
  };
}

/** Checks what belongs together among the settings of `httpShape`. */
export function checkHttp(given: Given, context: z.RefinementCtx): void {
  goTogether('username', 'passwordFile')(given, context);
  checkTls(given, context);
  if (given['username'] === undefined || given['bearerTokenFile'] === undefined) return;
  const message = "can't stand beside username and passwordFile; write one of the two";
  context.addIssue({ code: 'custom', path: ['bearerTokenFile'], message });
}

/** Checks what belongs together among the settings of `tlsShape`, and that they are not given in vain. */
export function checkTls(given: Given, context: z.RefinementCtx): void {
  goTogether('certFile', 'keyFile')(given, context);
  const { url } = given;
  if (!(url instanceof URL) || /^(https|rediss|amqps|tls):$/.test(url.protocol)) return;
  for (const name of Object.keys(tlsShape).filter((key) => given[key] !== undefined)) {
    context.addIssue({ code: 'custom', path: [name], message: `has no effect with ${url.protocol}//; TLS needs ${secureTwin(url.protocol)}//` }); // prettier-ignore
  }
}

function secureTwin(protocol: string): string {
  const twins: Readonly<Record<string, string>> = { 'http:': 'https:', 'redis:': 'rediss:', 'amqp:': 'amqps:', 'nats:': 'tls:' }; // prettier-ignore
  return twins[protocol] ?? protocol;
}
