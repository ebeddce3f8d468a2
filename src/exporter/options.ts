import { serviceAccountFolder } from '../credentials/service-account.ts';
import { backendChoices } from '../gpu/backend.ts';
import { simulatedModels } from '../gpu/simulated/devices.ts';
import { choiceOption, durationOption, integerOption, textOption } from '../program/options.ts';
import type { Option } from '../program/options.ts';
import { clockOption } from '../program/system-clock.ts';
import { logLevels } from '../telemetry/logger.ts';
import { metricNameChoices } from './gpu-series.ts';

/** Every flag of the exporter. */
export const exporterOptions = {
  port: integerOption(
    9400,
    { min: 0, max: 65_535 },
    'Port of /metrics, /healthz, /readyz and /debug/attribution; 0 takes a free one.',
  ),
  host: textOption('0.0.0.0', 'Address to listen on.'),
  backend: choiceOption(
    'auto',
    backendChoices,
    "How GPUs are read: nvml (the driver's library), nvidia-smi, simulated (no real GPU), or auto: nvml where its library loads, else nvidia-smi.",
  ),
  nvmlPath: textOption('libnvidia-ml.so.1', "NVIDIA's management library, by path or by a name that the loader finds."),
  nvidiaSmiPath: textOption('nvidia-smi', 'The nvidia-smi executable, by path or by a name on the PATH.'),
  sampleInterval: durationOption(
    1_000,
    'Time between two readings of the GPUs, and two questions to the kubelet.',
    100,
  ),
  kubeletSocket: textOption(
    '/var/lib/kubelet/pod-resources/kubelet.sock',
    "The kubelet's PodResources socket; empty for a machine without a kubelet: then there are no series per pod.",
  ),
  procRoot: textOption(
    '/proc',
    "The host's /proc, in which the processes on shared GPUs are looked up. In a container without hostPID it is the host's only where that is mounted.",
  ),
  podLogsPath: textOption(
    '/var/log/pods',
    "The kubelet's folder of pod logs, whose names tell which pod a process is of; empty looks nothing up: then pods on shared GPUs have no series.",
  ),
  resourceSlices: textOption(
    '',
    'API server that is asked for the ResourceSlices of this node, https://kubernetes.default.svc within a cluster: they tell the UUIDs of devices that pods hold by dynamic resource allocation. Needs the verb list on resourceslices of resource.k8s.io. Empty asks none: then whole GPUs are found by their number, and MIG slices where NVML tells where they lie or their profile tells which they are.',
  ),
  serviceAccountPath: textOption(
    serviceAccountFolder,
    "Folder of the service account's token and ca.crt, for --resource-slices.",
  ),
  metricNames: choiceOption(
    'native',
    metricNameChoices,
    "Names of the metrics of GPUs and pods: native, dcgm (dcgm-exporter's names, labels and units; pilotlight's own scaler reads these only for gpuFrom: dcgm), or both.",
  ),
  hostInterval: durationOption(30_000, "Time between two readings of the host's CPU and memory; 0s turns them off."),
  simulatedGpus: integerOption(8, { min: 1, max: 64 }, 'Number of simulated GPUs.'),
  simulatedModel: choiceOption(simulatedModels[0], simulatedModels, 'Model of the simulated GPUs.'),
  simulatedSeed: integerOption(1, { min: 0, max: 2 ** 31 }, 'Seed of the simulated readings and UUIDs.'),
  simulatedLoadFile: textOption(
    '',
    'JSON file that says how busy the simulated GPUs are, read again before each sample.',
  ),
  tlsCert: textOption('', 'PEM file with the certificate of the HTTP server; empty serves without TLS.'),
  tlsKey: textOption('', 'PEM file with its key. Both are read again when they are replaced.'),
  tlsClientCa: textOption(
    '',
    'PEM file with the authorities of clients, one of whose certificates all but the probes must show.',
  ),
  tokenFile: textOption('', 'File with the bearer token that all but the probes must send; read at each request.'),
  nodeName: textOption('', "Name of this node; empty takes the host's name."),
  clock: clockOption,
  logLevel: choiceOption('info', logLevels, 'Least severe level that is logged.'),
};

/** The exporter's options, read and checked. */
export type ExporterOptions = {
  readonly [K in keyof typeof exporterOptions]: (typeof exporterOptions)[K] extends Option<infer T> ? T : never;
};
