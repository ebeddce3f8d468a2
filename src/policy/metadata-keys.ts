import { addsUp, signalNames } from '../domain/signal.ts';
import type { SignalName } from '../domain/signal.ts';

/** Keys of the connection from KEDA to the scaler. KEDA passes them on, and they are none of the scaler's business. */
export const kedaKeys: readonly string[] = [
  'scalerAddress',
  'enableTLS',
  'unsafeSsl',
  'caCert',
  'tlsClientCert',
  'tlsClientKey',
];

/** Those of KEDA's keys that it reads only from a TriggerAuthentication; in metadata they do nothing but leak. */
export const certificateKeys: readonly string[] = ['caCert', 'tlsClientCert', 'tlsClientKey'];

/** Keys that say when there are business hours, and what they ask for. */
export const calendarKeys = [
  'timezone',
  'businessHours',
  'holidays',
  'extraHours',
  'warmReplicas',
  'warmLead',
  'offHours',
  'offHoursMaxReplicas',
  'drainTimeout',
] as const;

const engineKeys = ['engine', 'enginePort', 'enginePath', 'modelName'];
const behaviourKeys = [
  'steps',
  'queueActivation',
  'gpuFrom',
  'idleAfter',
  'startupTimeout',
  'onSignalLoss',
  'podSelector',
];

/** Signals that are also read by key: from a queue, or a pool of endpoints. */
export const keyedSignals: readonly SignalName[] = ['queue', 'running', 'concurrency', 'kvCache'];
/** Those of them that say what a queue holds, which may be one consumer's or kept in a way of its own. */
const queuedSignals: readonly SignalName[] = ['queue', 'running', 'concurrency'];

const signalKeys = signalNames.flatMap((signal) => [
  ...(addsUp(signal) ? [`${signal}Target`] : []),
  `${signal}From`,
  `${signal}Query`,
  ...(keyedSignals.includes(signal) ? [`${signal}Key`] : []),
  ...(queuedSignals.includes(signal) ? [`${signal}Group`, `${signal}Mode`] : []),
]);

/** All keys that a policy is made of. */
export const policyKeys: readonly string[] = [...calendarKeys, ...engineKeys, ...signalKeys, ...behaviourKeys];

/** Settings of KEDA that are often written into `metadata` by mistake, and where they belong. */
export const misplacedKeys: ReadonlyMap<string, string> = new Map([
  ...['metricType', 'name', 'type', 'useCachedMetrics', 'authenticationRef'].map(
    (key) => [key, 'beside "metadata" in the trigger, not in it'] as const,
  ),
  ...['minReplicaCount', 'maxReplicaCount', 'idleReplicaCount', 'pollingInterval', 'cooldownPeriod'].map(
    (key) => [key, 'in the spec of the ScaledObject, not in the metadata of a trigger'] as const,
  ),
]);
