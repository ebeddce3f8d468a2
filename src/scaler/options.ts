import { serviceAccountFolder } from '../credentials/service-account.ts';
import { usualTolerance } from '../domain/tolerance.ts';
import {
  choiceOption,
  durationOption,
  integerOption,
  listOption,
  ratioOption,
  switchOption,
  textOption,
} from '../program/options.ts';
import type { Option } from '../program/options.ts';
import { clockOption } from '../program/system-clock.ts';
import { logLevels } from '../telemetry/logger.ts';

const ports = { min: 0, max: 65_535 };

/** Every flag of the scaler. */
export const scalerOptions = {
  grpcPort: integerOption(6000, ports, 'Port of the gRPC server that KEDA calls; 0 takes a free one.'),
  httpPort: integerOption(8080, ports, 'Port of metrics, probes and decisions; 0 takes a free one.'),
  host: textOption('0.0.0.0', 'Address that both ports listen on.'),
  readInterval: durationOption(1_000, 'How often the signals of each trigger are read.', 10),
  podReadsPerSecond: integerOption(
    500,
    { min: 1, max: 100_000 },
    'Most engine pods that are read per second; with more than that, each is read less often than once per read interval.',
  ),
  readTimeout: durationOption(2_000, 'How long a source of signals may take to answer.', 10),
  workloads: textOption('', 'File that describes the workloads, instead of the Kubernetes API.'),
  kubeconfig: textOption(
    '',
    "kubeconfig file; empty takes the pod's service account, and outside of a pod, or with KUBECONFIG set, what kubectl would.",
  ),
  serviceAccountPath: textOption(
    serviceAccountFolder,
    "Folder of the service account's token and ca.crt, both read for each request.",
  ),
  connections: textOption('', 'File that names the connections which triggers may refer to.'),
  exporters: listOption([], 'Base URLs of exporters that are all read, whoever asks: http://gpu-box.example.com:9400.'),
  exporterPods: textOption(
    '',
    'Which pods are exporters: NAMESPACE/SELECTOR [port=9400] [path=/metrics] [scheme=http]. Each is read only while a workload has pods on its node.',
  ),
  exporterCa: textOption('', 'PEM file with the authorities of exporters that serve over TLS.'),
  exporterCert: textOption('', 'PEM file with the certificate that exporters are shown.'),
  exporterKey: textOption('', 'PEM file with its key. All three are read again when they are replaced.'),
  exporterServerName: textOption(
    '',
    "Name that the exporters' certificates are for; empty takes the host that is asked.",
  ),
  exporterTokenFile: textOption('', 'File with the bearer token for exporters, read at each use.'),
  dcgmExporters: listOption([], 'The same of dcgm-exporters, for triggers with gpuFrom: dcgm.'),
  dcgmExporterPods: textOption(
    '',
    'Which pods are dcgm-exporters, as in --exporter-pods: gpu-operator/app=nvidia-dcgm-exporter port=9400.',
  ),
  namespaces: listOption(
    [],
    'Namespaces whose ScaledObjects are served; empty for all. Elsewhere triggers answer UNAVAILABLE.',
  ),
  tlsCert: textOption('', 'PEM file with the certificate of the gRPC server; empty serves without TLS.'),
  tlsKey: textOption('', 'PEM file with its key. Both are read again when they are replaced.'),
  tlsClientCa: textOption('', 'PEM file with the authorities of clients; KEDA must then show a certificate of theirs.'),
  hpaTolerance: ratioOption(
    usualTolerance,
    '--horizontal-pod-autoscaler-tolerance of the cluster, for HPAs that have none of their own.',
  ),
  events: choiceOption(
    'on',
    ['on', 'off'],
    'Whether events on ScaledObjects tell what decides, where the API allows it.',
  ),
  podDeletionCost: switchOption(
    'Gives the idlest pods a deletion cost before a scale-in, so that ReplicaSets remove them first.',
  ),
  maxConnectionAge: durationOption(
    600_000,
    'Age at which gRPC connections are closed, so that clients find new replicas.',
    1_000,
  ),
  clock: clockOption,
  logLevel: choiceOption('info', logLevels, 'Least severe level that is logged.'),
};
type Value<T> = T extends Option<infer V> ? V : never;
export type ScalerOptions = { readonly [K in keyof typeof scalerOptions]: Value<(typeof scalerOptions)[K]> };
