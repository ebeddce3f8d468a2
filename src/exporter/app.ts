import { hostname } from 'node:os';
import { errorText } from '../domain/error-text.ts';
import { chooseBackend } from '../gpu/backend.ts';
import { AllocationPoller } from '../gpu/kubelet/poller.ts';
import { NvidiaSmiReader } from '../gpu/nvidia-smi/reader.ts';
import { ProcessOwners } from '../gpu/processes/owners.ts';
import { NvmlReader } from '../gpu/nvml/reader.ts';
import type { BackendName, GpuReader, ReaderEvent } from '../gpu/reader.ts';
import { SimulatedReader } from '../gpu/simulated/reader.ts';
import { UsageError } from '../program/options.ts';
import type { RunningProgram } from '../program/run.ts';
import { systemClock } from '../program/system-clock.ts';
import { jsonAnswer, serveHttp, textAnswer } from '../telemetry/http-server.ts';
import type { HttpProtection, HttpServer } from '../telemetry/http-server.ts';
import { createLogger } from '../telemetry/logger.ts';
import type { Logger } from '../telemetry/logger.ts';
import { afterStart } from './after-start.ts';
import { Exposition } from './exposition.ts';
import { checkApiServer, collectClaims } from './claims.ts';
import { HostPoller } from './host.ts';
import type { ExporterOptions } from './options.ts';
import { contentType } from './metric-text.ts';
import { OutageLog } from './outage-log.ts';
import type { OpenProtection } from './protection.ts';
import { collectors } from './self-series.ts';

const lostAccess = 'this container may no longer open the GPUs, though it could: only a new container can';

/** What the exporter runs beside its HTTP server. */
interface Collecting {
  stop(): Promise<void>;
}

/** Starts the exporter: first the HTTP server, so that a driver that hangs delays nobody's probe, then the collectors. */
export async function startExporter(options: ExporterOptions): Promise<RunningProgram> {
  if (options.clock !== systemClock && options.backend !== 'simulated') {
    throw new UsageError('--clock needs --backend simulated: real GPUs run in real time');
  }
  checkApiServer(options);
  const node = options.nodeName || hostname();
  const logger = createLogger('exporter', options.logLevel).child({ node });
  const exposition = createExposition(options, node);
  const protection = await protect(options, logger);
  const server = await serve(exposition, options, protection);
  logger.info({ port: server.port }, 'listening');
  const collecting = [
    ...collectKubelet(options, exposition, logger),
    ...collectHost(options, exposition, logger),
    ...(await collectClaims(options, node, exposition, logger)),
  ];
  const { backend, why } = await chooseBackend(options.backend, options);
  logger.info({ backend, why }, 'backend chosen');
  exposition.self.setBackend(backend, node);
  collecting.push(collectGpus(createReader(backend, options, exposition), exposition, logger));
  const cancel = afterStart(options.clock, logger);
  return {
    async stop() {
      cancel();
      await Promise.all(collecting.map((collector) => collector.stop()));
      await server.close();
      protection?.close();
      logger.info('stopped');
    },
  };
}

function createExposition(options: ExporterOptions, nodeName: string): Exposition {
  const off = { gpu: false, kubelet: options.kubeletSocket === '', host: options.hostInterval === 0, claims: options.resourceSlices === '' }; // prettier-ignore
  const { procRoot, podLogsPath, metricNames } = options;
  const owners = podLogsPath === '' ? undefined : new ProcessOwners({ procRoot, podLogsPath });
  void owners?.start();
  return new Exposition({
    clock: options.clock,
    nodeName,
    metricNames,
    sampleIntervalMs: options.sampleInterval,
    hostIntervalMs: options.hostInterval,
    collectors: new Set(collectors.filter((collector) => !off[collector])),
    ...(owners && { ownerOf: (pid) => owners.ownerOf(pid) }),
  });
}

/** What keeps strangers out, where the operator asked for it: loaded only then, for its megabytes. */
async function protect(options: ExporterOptions, logger: Logger): Promise<OpenProtection | undefined> {
  const { tlsCert, tlsKey, tlsClientCa, tokenFile } = options;
  if ([tlsCert, tlsKey, tlsClientCa, tokenFile].every((path) => path === '')) return undefined;
  const { openProtection } = await import('./protection.ts');
  return openProtection(options, logger).catch((error: unknown) => {
    throw new UsageError(errorText(error), { cause: error });
  });
}

function serve(exposition: Exposition, options: ExporterOptions, protection: HttpProtection = {}): Promise<HttpServer> {
  return serveHttp(
    {
      '/metrics': () => ({ status: 200, contentType, body: exposition.chunks() }),
      '/healthz': () => (exposition.isDeviceAccessLost ? textAnswer(503, lostAccess) : textAnswer(200, 'ok')),
      '/readyz': () => (exposition.isReady ? textAnswer(200, 'ready') : textAnswer(503, 'not asked the GPUs and the kubelet yet')), // prettier-ignore
      '/debug/attribution': () => jsonAnswer(200, exposition.attribution()),
    },
    { host: options.host, port: options.port },
    protection,
  );
}

function createReader(backend: BackendName, options: ExporterOptions, exposition: Exposition): GpuReader {
  const { clock, sampleInterval: intervalMs } = options;
  if (backend === 'nvml') return new NvmlReader({ nvmlPath: options.nvmlPath, intervalMs, clock });
  if (backend === 'nvidia-smi')
    return new NvidiaSmiReader({
      path: options.nvidiaSmiPath,
      intervalMs,
      clock,
      needsProcesses: () => options.podLogsPath !== '' && exposition.needsProcesses,
    });
  return new SimulatedReader({
    clock,
    intervalMs,
    gpus: options.simulatedGpus,
    model: options.simulatedModel,
    seed: options.simulatedSeed,
    ...(options.simulatedLoadFile !== '' && { loadFile: options.simulatedLoadFile }),
  });
}

function collectGpus(reader: GpuReader, exposition: Exposition, logger: Logger): Collecting {
  const outage = new OutageLog(logger, 'gpu');
  reader.start((event) => {
    exposition.takeReading(event);
    logReading(event, outage, logger);
  });
  return reader;
}

function logReading(event: ReaderEvent, outage: OutageLog, logger: Logger): void {
  switch (event.kind) {
    case 'sample':
      outage.worked();
      break;
    case 'failure':
      outage.failed(event.reason);
      break;
    case 'started':
      logger.debug({ unknownFields: event.unknownFields }, 'reading GPUs');
      break;
    case 'identified':
      logger.info({ gpus: event.gpus }, 'GPUs identified');
      break;
  }
}

function collectKubelet(options: ExporterOptions, exposition: Exposition, logger: Logger): Collecting[] {
  const { kubeletSocket: socketPath, sampleInterval: intervalMs, clock } = options;
  if (socketPath === '') return [];
  const outage = new OutageLog(logger, 'kubelet');
  const poller = new AllocationPoller({ socketPath, intervalMs, clock });
  poller.start((event) => {
    exposition.takeAllocations(event);
    if (event.kind === 'failure') outage.failed(event.reason);
    else outage.worked();
  });
  return [poller];
}

function collectHost(options: ExporterOptions, exposition: Exposition, logger: Logger): Collecting[] {
  if (options.hostInterval === 0) return [];
  const outage = new OutageLog(logger, 'host');
  const poller = new HostPoller(options.clock, options.hostInterval);
  poller.start((event) => {
    exposition.takeHost(event);
    if (event.kind === 'failure') outage.failed(event.reason);
    else outage.worked();
  });
  return [poller];
}
