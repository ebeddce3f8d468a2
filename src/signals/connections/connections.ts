import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { nearestName } from '../../domain/nearest-name.ts';
import { connectionFields, connectionsFile } from './connection-schema.ts';
import type { ConnectionSettings } from './connection-schema.ts';
import { errorCode } from '../network/network-error.ts';
import { cut } from '../reasons.ts';

/** A place that the operator has named, and where its secrets are. */
export type Connection = { readonly name: string } & ConnectionSettings;
export type ConnectionType = Connection['type'];

export type EndpointPickerConnection = Extract<Connection, { type: 'endpoint-picker' }>;
export type HttpJsonConnection = Extract<Connection, { type: 'http-json' }>;
export type KafkaConnection = Extract<Connection, { type: 'kafka' }>;
export type KedaHttpConnection = Extract<Connection, { type: 'keda-http' }>;
export type NatsConnection = Extract<Connection, { type: 'nats' }>;
export type PrometheusConnection = Extract<Connection, { type: 'prometheus' }>;
export type RabbitmqConnection = Extract<Connection, { type: 'rabbitmq' }>;
export type RedisConnection = Extract<Connection, { type: 'redis' }>;
export type SqsConnection = Extract<Connection, { type: 'sqs' }>;

export type ConnectionLookup =
  { readonly state: 'found'; readonly connection: Connection } | { readonly state: 'refused'; readonly reason: string };

/** The operator's named connections, and who may use which. */
export class Connections {
  readonly #byName: ReadonlyMap<string, Connection>;

  constructor(connections: readonly Connection[] = []) {
    this.#byName = new Map(connections.map((connection) => [connection.name, connection]));
  }

  /** How many there are. */
  get size(): number {
    return this.#byName.size;
  }

  /**
   * The connection of that name, or why a trigger in this namespace can't have it. Names no other connections than those
   * that the namespace may use, and no other namespaces, so that tenants don't learn of each other.
   */
  lookup(name: string, namespace: string): ConnectionLookup {
    const connection = this.#byName.get(name);
    if (!connection) return refused(this.#describeUnknown(name, namespace));
    if (mayUse(connection, namespace)) return { state: 'found', connection };
    return refused(`connection "${name}" may not be used from namespace "${namespace}"; its "namespaces" in the scaler's connections say from where`); // prettier-ignore
  }

  #describeUnknown(name: string, namespace: string): string {
    const usable = [...this.#byName.values()].filter((connection) => mayUse(connection, namespace));
    const names = usable.map((connection) => connection.name).sort();
    const nearest = nearestName(name, names);
    const hint =
      nearest === undefined
        ? `namespace "${namespace}" may use ${names.join(', ') || 'none'}`
        : `did you mean "${nearest}"?`;
    return `no connection "${cut(name)}"; ${hint}`;
  }
}

/** Reads the connections file, YAML or JSON. Rejects with a text that names the file, the place and what is allowed. */
export async function loadConnections(file: string): Promise<Connections> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`the connections file ${file} can't be read: ${errorCode(error) ?? 'unknown error'}`);
  });
  return parseConnections(text, basename(file));
}

/** Reads connections from YAML or JSON; `file` is what error texts call it. */
export function parseConnections(text: string, file: string): Connections {
  const document = parseYaml(text, file) ?? {};
  const result = connectionsFile.safeParse(document);
  if (!result.success) {
    throw new Error(result.error.issues.flatMap((issue) => describeIssue(issue, document)).map((line) => `${file}: ${line}`).join('\n')); // prettier-ignore
  }
  const entries = Object.entries(result.data.connections);
  return new Connections(entries.map(([name, settings]) => ({ name, ...settings })));
}

function parseYaml(text: string, file: string): unknown {
  const document = parseDocument(text);
  const [error] = document.errors;
  // After its first line the message quotes the file.
  if (error) throw new Error(`${file}: ${error.message.split(/:?\n/)[0] ?? ''}`);
  return document.toJS() as unknown;
}

function describeIssue(issue: z.core.$ZodIssue, document: unknown): string[] {
  const place = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const known = knownFields(issue.path, document);
    return issue.keys.map((key) => describeUnknownField([...issue.path, key].join('.'), key, known));
  }
  return [place === '' ? issue.message : `${place} ${issue.message}`];
}

function describeUnknownField(place: string, key: string, known: readonly string[]): string {
  const nearest = nearestName(key, known);
  return `${place} is unknown; ${nearest === undefined ? `known here: ${known.join(', ')}` : `did you mean "${nearest}"?`}`;
}

/** Which fields there are at this place of the file. */
function knownFields(path: readonly PropertyKey[], document: unknown): readonly string[] {
  const [, name] = path;
  if (name === undefined) return ['connections'];
  const { connections } = document as { connections: Record<PropertyKey, { type: string }> };
  const fields = connectionFields[connections[name]?.type ?? ''] ?? [];
  // Only a Redis has settings below its own.
  return path.length > 2 ? ['master', 'username', 'passwordFile'] : fields;
}

function mayUse(connection: Connection, namespace: string): boolean {
  return connection.namespaces.includes('*') || connection.namespaces.includes(namespace);
}

function refused(reason: string): ConnectionLookup {
  return { state: 'refused', reason };
}
