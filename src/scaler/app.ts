import { PemFiles } from '../credentials/pem-files.ts';
import { serverPemPaths } from '../credentials/pem-options.ts';
import { errorText } from '../domain/error-text.ts';
import type { Policy } from '../domain/policy.ts';
import type { ScaledObjectRef } from '../domain/workload.ts';
import { clusterWorkloads } from '../kubernetes/cluster/cluster-workloads.ts';
import { listExternalTriggers } from '../kubernetes/cluster/external-triggers.ts';
import type { ExternalTrigger } from '../kubernetes/cluster/external-triggers.ts';
import type { ApiAccess } from '../kubernetes/cluster/api/api-access.ts';
import { loadKubeConfig } from '../kubernetes/cluster/api/kube-config.ts';
import { podAccess } from '../kubernetes/cluster/api/pod-access.ts';
import { exporterPods } from '../kubernetes/exporters/exporter-pods.ts';
import type { OpenDirectory } from '../kubernetes/exporters/exporter-pods.ts';
import { parseExporterSelection } from '../kubernetes/exporters/exporter-selection.ts';
import type { DeletionCosts } from '../kubernetes/deletion-costs.ts';
import { eventsOfNamespaces, noEvents } from '../kubernetes/event-recorder.ts';
import type { EventRecorder } from '../kubernetes/event-recorder.ts';
import { onlyNamespaces } from '../kubernetes/only-namespaces.ts';
import { staticWorkloads } from '../kubernetes/static-workloads.ts';
import type { WorkloadSource } from '../kubernetes/workload-source.ts';
import { UsageError } from '../program/options.ts';
import { apiServerOfPod } from '../program/pod-environment.ts';
import type { RunningProgram } from '../program/run.ts';
import { systemClock } from '../program/system-clock.ts';
import { Connections, loadConnections } from '../signals/connections/connections.ts';
import { createSignalEnvironment } from '../signals/environment.ts';
import type { SignalEnvironment, SignalEnvironmentOptions } from '../signals/environment.ts';
import { SignalRunner } from '../signals/runner.ts';
import { createSources } from '../signals/sources.ts';
import { createLogger } from '../telemetry/logger.ts';
import type { Logger } from '../telemetry/logger.ts';
import { startGrpcThread } from './answers/grpc-thread.ts';
import { openExporterAccess } from './exporter-access.ts';
import { ScalerMetrics } from './http/metrics.ts';
import type { ScalerOptions } from './options.ts';
import { serveScaler } from './service.ts';
import type { ServiceSettings } from './service.ts';
import { ReadTurns } from './trigger/read-turns.ts';

/** Reads that may fail in a row before a gauge no longer describes now. */
const readsToStale = 3;
/** How long a gauge's last value is remembered after that. */
const forgetAfterMs = 300_000;
/** How long a start may wait for the list of ScaledObjects. */
const listLimitMs = 15_000;

/** Starts the scaler. Throws UsageError where a file that an option names can't be used. */
export async function startScaler(options: ScalerOptions): Promise<RunningProgram> {
  const logger = createLogger('scaler', options.logLevel);
  const api = await findApi(options);
  const openPods = (flag: string, text: string) => openDirectory(flag, text, { options, api, logger });
  const directory = await openPods('--exporter-pods', options.exporterPods);
  const dcgmDirectory = await openPods('--dcgm-exporter-pods', options.dcgmExporterPods);
  const access = await asUsageError(() => openExporterAccess(options, logger));
  const environment = await openEnvironment(options, {
    exporterAccess: access.find,
    ...(directory && { exporterDirectory: directory }),
    ...(dcgmDirectory && { dcgmDirectory }),
  });
  const { workloads, origin, events, deletionCosts } = await openWorkloads(options, api, logger);
  logger.info(
    { workloads: origin, connections: environment.connections.size, exporters: options.exporters, exporterPods: options.exporterPods }, // prettier-ignore
    'reading from',
  );
  const tls = await openTls(options, logger);
  const metrics = new ScalerMetrics();
  const turns = new ReadTurns(options.clock, options.podReadsPerSecond);
  const service = await serveScaler(
    {
      workloads,
      events,
      ...(deletionCosts && { deletionCosts }),
      triggers: await knownTriggers(options, api, logger),
      signalsOf: signalReader({ options, environment, turns, metrics, logger }),
      turns,
      metrics,
      logger,
      startGrpc: startGrpcThread(options.clock),
      clock: options.clock,
      transportClock: systemClock,
    },
    serviceSettings(options, tls),
  );
  logger.info({ grpcPort: service.grpcPort, httpPort: service.httpPort }, 'listening');
  return {
    async stop() {
      await service.stop();
      environment.close();
      tls?.close();
      access.close();
      directory?.close();
      dcgmDirectory?.close();
      await workloads.close();
      logger.info('stopped');
    },
  };
}

function serviceSettings(options: ScalerOptions, tls: PemFiles | undefined): ServiceSettings {
  const { host, grpcPort, httpPort, hpaTolerance } = options;
  return {
    host,
    grpcPort,
    httpPort,
    readIntervalMs: options.readInterval,
    readTimeoutMs: options.readTimeout,
    maxConnectionAgeMs: options.maxConnectionAge,
    hpaTolerance,
    tls,
  };
}

/** What KEDA is going to ask for. Without it the scaler starts as well, and gets to know its triggers one by one. */
async function knownTriggers(
  { namespaces }: ScalerOptions,
  api: ApiAccess | undefined,
  logger: Logger,
): Promise<readonly ExternalTrigger[]> {
  try {
    return api ? await listExternalTriggers({ api, clock: systemClock, limitMs: listLimitMs }, namespaces) : [];
  } catch (error) {
    logger.warn({ reason: errorText(error) }, 'ScaledObjects can not be listed; starting without having warmed up');
    return [];
  }
}

async function openEnvironment(
  options: ScalerOptions,
  found: Pick<SignalEnvironmentOptions, 'exporterAccess' | 'exporterDirectory' | 'dcgmDirectory'>,
): Promise<SignalEnvironment> {
  const { connections: file, exporters, dcgmExporters, clock } = options;
  const connections =
    file === '' ? new Connections() : await orUsageError('--connections', () => loadConnections(file));
  return orUsageError(dcgmExporters.length > 0 ? '--exporters or --dcgm-exporters' : '--exporters', () =>
    createSignalEnvironment({
      connections,
      exporters,
      dcgmExporters,
      ...found,
      clock,
      readIntervalMs: options.readInterval,
      readTimeoutMs: options.readTimeout,
    }),
  );
}

interface OpenWorkloads {
  readonly workloads: WorkloadSource;
  readonly events: EventRecorder;
  /** Absent where nobody asked for them. */
  readonly deletionCosts?: DeletionCosts;
  /** Where they come from, in words. */
  readonly origin: string;
}

async function openTls(options: ScalerOptions, logger: Logger): Promise<PemFiles | undefined> {
  const { tlsCert: cert, tlsKey: key, tlsClientCa: ca } = options;
  const flags = { cert: '--tls-cert', key: '--tls-key', ca: '--tls-client-ca' };
  return asUsageError(async () => {
    const paths = serverPemPaths({ cert, key, ca }, flags);
    return paths && (await PemFiles.open(paths, { clock: systemClock, logger }));
  });
}

/** The cluster to talk to; undefined where a file describes the workloads. */
async function findApi({
  workloads: file,
  kubeconfig,
  serviceAccountPath,
}: ScalerOptions): Promise<ApiAccess | undefined> {
  if (file !== '' && kubeconfig !== '') {
    throw new UsageError('--workloads and --kubeconfig exclude each other; give one');
  }
  if (file !== '') return undefined;
  const server = kubeconfig === '' ? apiServerOfPod() : undefined;
  const ofPod = server === undefined ? undefined : podAccess(server, serviceAccountPath);
  return ofPod ?? orUsageError('--kubeconfig', () => loadKubeConfig(kubeconfig));
}

interface DirectorySetting {
  readonly options: ScalerOptions;
  readonly api: ApiAccess | undefined;
  readonly logger: Logger;
}

/** Follows the pods that are exporters; undefined where none are named. */
function openDirectory(
  flag: string,
  text: string,
  { options: { clock }, api, logger }: DirectorySetting,
): Promise<OpenDirectory | undefined> {
  return orUsageError(flag, () => {
    if (text === '') return undefined;
    const selection = parseExporterSelection(text);
    const instead = flag.replace('-pods', 's');
    if (!api) throw new Error(`needs a cluster, and --workloads means none; name exporters with ${instead}`);
    return exporterPods(selection, { api, clock, logger });
  });
}

async function openWorkloads(
  { workloads: file, clock, namespaces, events: told, podDeletionCost }: ScalerOptions,
  api: ApiAccess | undefined,
  logger: Logger,
): Promise<OpenWorkloads> {
  if (!api) {
    const workloads = await orUsageError('--workloads', () => staticWorkloads(file, { clock, logger }));
    return { workloads: onlyNamespaces(namespaces, workloads), events: noEvents, origin: `file ${file}` };
  }
  const workloads = clusterWorkloads({ api, clock, logger });
  const events = told === 'on' ? eventsOfNamespaces(namespaces, workloads.events) : noEvents;
  return {
    workloads: onlyNamespaces(namespaces, workloads),
    events,
    ...(podDeletionCost && { deletionCosts: workloads.deletionCosts }),
    origin: `Kubernetes API at ${api.server}`,
  };
}

/** What an option names can't be used: the operator's to mend, so a sentence is enough. */
function orUsageError<T>(flag: string, open: () => T | Promise<T>): Promise<T> {
  return asUsageError(open, `${flag}: `);
}

async function asUsageError<T>(open: () => T | Promise<T>, prefix = ''): Promise<T> {
  try {
    return await open();
  } catch (error) {
    throw new UsageError(`${prefix}${errorText(error)}`, { cause: error });
  }
}

interface ReaderParts {
  readonly options: ScalerOptions;
  readonly environment: SignalEnvironment;
  readonly turns: ReadTurns;
  readonly metrics: ScalerMetrics;
  readonly logger: Logger;
}

/** Makes the reader of one trigger's signals. */
function signalReader(parts: ReaderParts): (policy: Policy, ref: ScaledObjectRef) => SignalRunner {
  const { options, environment, turns, metrics, logger } = parts;
  return (policy, ref) =>
    new SignalRunner(createSources(policy, ref, environment), {
      ref,
      clock: options.clock,
      logger,
      timeoutMs: options.readTimeout,
      observer: metrics.readObserver,
      get freshForMs() {
        return readsToStale * (options.readInterval + turns.lagMs) + options.readTimeout;
      },
      forgetAfterMs,
    });
}
