import type { Sample } from '../exposition/exposition.ts';
import type { ExporterDialect } from './dialect.ts';
import { PodGpus } from './pod-gpus.ts';
import type { PodGpu } from './pod-gpus.ts';

const mebibyte = 1_048_576;

const fromPercent = (value: number): number => value / 100;
const fromRatio = (value: number): number => value;
const fromMebibytes = (value: number): number => value * mebibyte;

/** What is read of dcgm-exporter, and how its unit becomes ours. */
const units = {
  DCGM_FI_DEV_GPU_UTIL: fromPercent,
  DCGM_FI_PROF_GR_ENGINE_ACTIVE: fromRatio,
  DCGM_FI_DEV_FB_USED: fromMebibytes,
  DCGM_FI_DEV_FB_FREE: fromMebibytes,
  DCGM_FI_DEV_FB_RESERVED: fromMebibytes,
  DCGM_FI_DEV_FB_TOTAL: fromMebibytes,
} as const;
type Metric = keyof typeof units;
const metrics = Object.keys(units) as Metric[];

/** What is told of one GPU or slice, in our units. */
type Figures = Partial<Record<Metric, number>>;

/** A pod's GPUs and slices as they are gathered. */
interface Holder {
  readonly namespace: string;
  readonly pod: string;
  readonly gpus: Map<string, Figures>;
}

/**
 * What NVIDIA's dcgm-exporter says (https://github.com/NVIDIA/dcgm-exporter). Its utilization is in percent and its memory in
 * MiB; a MIG slice has no utilization but that of the profiler. A GPU that several pods share is told in full of each.
 */
export const dcgmDialect: ExporterDialect = {
  metrics,
  gather: (samples) => {
    const holders = new Map<string, Holder>();
    for (const sample of samples) take(holders, sample);
    const gpus = new PodGpus();
    for (const { namespace, pod, gpus: held } of holders.values()) {
      for (const [id, figures] of held) gpus.put({ namespace, pod }, id, toPodGpu(figures));
    }
    return gpus;
  },
};

/** The pod that a series is about; old versions wrote `pod_name`. */
function ownerOf({ labels }: Sample): { namespace: string; pod: string } | undefined {
  const named = (names: readonly string[]): string | undefined => names.map((name) => labels.get(name)).find((value) => value !== undefined && value !== ''); // prettier-ignore
  const pod = named(['pod', 'pod_name']);
  const namespace = named(['namespace', 'pod_namespace']);
  return pod === undefined || namespace === undefined ? undefined : { namespace, pod };
}

function take(holders: Map<string, Holder>, sample: Sample): void {
  const metric = metrics.find((name) => name === sample.name);
  const owner = ownerOf(sample);
  if (metric === undefined || !owner) return;
  const key = `${owner.namespace}/${owner.pod}`;
  const holder = holders.get(key) ?? { ...owner, gpus: new Map<string, Figures>() };
  holders.set(key, holder);
  const id = deviceOf(sample);
  const figures = holder.gpus.get(id) ?? {};
  holder.gpus.set(id, figures);
  // Containers of a pod, and replicas of a shared GPU, each have the whole GPU's figure: they don't add up.
  figures[metric] = Math.max(figures[metric] ?? 0, read(sample.value, metric));
}

/** A GPU, or a slice of one. */
function deviceOf({ labels }: Sample): string {
  const uuid = labels.get('UUID') ?? labels.get('uuid') ?? `${labels.get('Hostname')} ${labels.get('gpu')}`;
  return `${uuid} ${labels.get('GPU_I_ID') ?? ''}`;
}

/** NaN for what no GPU can be: DCGM is known to tell of thousands of percent now and then. */
function read(written: number, metric: Metric): number {
  const value = units[metric](written);
  const isShare = units[metric] !== fromMebibytes;
  return Number.isFinite(value) && value >= 0 && (!isShare || value <= 1) ? value : NaN;
}

function toPodGpu(figures: Figures): PodGpu {
  const {
    DCGM_FI_DEV_GPU_UTIL: utilizationRatio = figures.DCGM_FI_PROF_GR_ENGINE_ACTIVE,
    DCGM_FI_DEV_FB_USED: memoryUsedBytes,
    DCGM_FI_DEV_FB_FREE: free,
    DCGM_FI_DEV_FB_RESERVED: reserved = 0,
  } = figures;
  const sum = memoryUsedBytes === undefined || free === undefined ? undefined : memoryUsedBytes + free + reserved;
  const memoryTotalBytes = figures.DCGM_FI_DEV_FB_TOTAL ?? sum;
  return {
    ...(utilizationRatio !== undefined && { utilizationRatio }),
    ...(memoryUsedBytes !== undefined && { memoryUsedBytes }),
    ...(memoryTotalBytes !== undefined && { memoryTotalBytes }),
  };
}
