import { engineDefinition, engineNames } from '../../domain/engine.ts';
import { keyModes } from '../../domain/key-mode.ts';
import { nearestName } from '../../domain/nearest-name.ts';
import type { SignalOrigin } from '../../domain/policy.ts';
import type { SignalName } from '../../domain/signal.ts';
import { keyedSignals } from '../metadata-keys.ts';
import type { Metadata } from '../metadata.ts';
import { oneOf, textLike, wholeNumber } from '../scalars.ts';

const oneLine = textLike(/^\P{Cc}+$/u, 'a text without control characters');
/** Queries are often written over several lines. */
const anyLines = textLike(/^[\P{Cc}\n\r\t]+$/u, 'a text without control characters');
const connectionPattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const connectionExpects = 'the name of a connection (lower-case letters, digits and "-")';
const connectionName = textLike(connectionPattern, connectionExpects);
/** No host can hide in it: a path that starts with two slashes names one. */
const enginePath = textLike(/^\/(?!\/)[\w.~/-]{0,255}$/, 'a path such as /metrics');
const engine = oneOf(engineNames, '; for other engines, say with queueFrom, runningFrom … where a signal is seen');

export type EngineOrigin = Extract<SignalOrigin, { kind: 'engine' }>;

/** Reads the engine whose pods give signals; undefined where none is named. */
export function readEngine(metadata: Metadata): EngineOrigin | undefined {
  const name = metadata.read('engine', engine);
  const port = metadata.read('enginePort', wholeNumber(1, 65_535));
  const path = metadata.read('enginePath', enginePath);
  const modelName = metadata.read('modelName', oneLine);
  for (const key of ['enginePort', 'enginePath', 'modelName']) {
    if (metadata.has(key) && !metadata.has('engine')) metadata.reject(key, 'means nothing without engine');
  }
  if (name === undefined) return undefined;
  const preset = engineDefinition(name);
  if (modelName !== undefined && preset.modelLabel === undefined) {
    metadata.reject('modelName', `engine ${name} does not tell models apart in its metrics; leave modelName out`);
  }
  return {
    kind: 'engine',
    engine: name,
    port: port ?? preset.port,
    path: path ?? preset.path,
    ...(modelName !== undefined && { modelName }),
  };
}

const exporterKinds = ['exporter', 'dcgm'] as const;
const gpuFrom = textLike(
  connectionPattern,
  `"exporter", "dcgm" or ${connectionExpects} that leads to a Prometheus; for a query of your own use gpuUtilizationFrom and gpuUtilizationQuery`,
);

/** Reads who tells of GPUs: pilotlight's own exporters, unless told otherwise. */
export function readGpuOrigin(metadata: Metadata): SignalOrigin {
  const name = metadata.read('gpuFrom', gpuFrom) ?? 'exporter';
  const kind = exporterKinds.find((one) => one === name);
  if (kind !== undefined) return { kind };
  const meant = nearestName(name, exporterKinds);
  if (meant !== undefined) metadata.warn('gpuFrom', `is taken for the name of a connection; did you mean "${meant}"?`);
  return { kind: 'gpu-connection', connection: name };
}

/** Reads `<signal>From` and what is asked of that connection; undefined where the signal names no connection. */
export function readConnection(metadata: Metadata, signal: SignalName): SignalOrigin | undefined {
  const connection = metadata.read(`${signal}From`, connectionName);
  const query = metadata.read(`${signal}Query`, anyLines);
  const key = metadata.read(`${signal}Key`, oneLine);
  const group = metadata.read(`${signal}Group`, oneLine);
  const mode = metadata.read(`${signal}Mode`, oneOf(keyModes));
  checkConnection(metadata, signal);
  if (connection === undefined) return undefined;
  return {
    kind: 'connection',
    connection,
    ...(query !== undefined && { query }),
    ...(key !== undefined && { key }),
    ...(group !== undefined && { group }),
    ...(mode !== undefined && { mode }),
  };
}

function checkConnection(metadata: Metadata, signal: SignalName): void {
  const [from, query, key, group, mode] = ['From', 'Query', 'Key', 'Group', 'Mode'].map((part) => `${signal}${part}`) as [string, string, string, string, string]; // prettier-ignore
  if (!metadata.has(from)) {
    const lost = [query, key, group, mode].filter((name) => metadata.has(name));
    for (const name of lost) metadata.reject(name, `means nothing without ${from}, the connection that is asked`);
    return;
  }
  if (metadata.has(query) && metadata.has(key)) {
    metadata.reject(key, `${query} is given too; keep the one that the connection understands`);
  }
  const unkeyed = [group, mode].filter((name) => metadata.has(name) && !metadata.has(key));
  for (const name of unkeyed) metadata.reject(name, `means nothing without ${key}, the queue, stream or topic`);
  if (metadata.has(query) || metadata.has(key)) return;
  const choices = keyedSignals.includes(signal)
    ? `${query} (PromQL or a JSON pointer) or ${key} (the queue, stream or topic)`
    : `${query} (PromQL or a JSON pointer)`;
  metadata.reject(from, `does not say what to ask for; add ${choices}`);
}
