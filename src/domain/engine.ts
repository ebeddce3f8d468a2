import type { SignalName } from './signal.ts';

/**
 * Whether an engine's pods tell a signal whatever their version and backend, so that not hearing it is a loss, or only
 * some of them do.
 */
type Offer = 'always' | 'sometimes';

/** What a user has to know of an inference server; what it calls its metrics is the signals' own business. */
interface EngineDefinition {
  /** Where it serves its metrics unless told otherwise. */
  readonly port: number;
  readonly path: string;
  readonly signals: Readonly<Partial<Record<SignalName, Offer>>>;
  /** The label that tells the model, where a server can have several. */
  readonly modelLabel?: string;
  /** What its request rate counts. Completions stay flat under overload, whatever the demand. */
  readonly counts?: 'arrivals' | 'completions';
  /** It takes GPU memory when it starts and never gives it back. */
  readonly keepsGpuMemory: boolean;
  /** What to write for a signal that it lacks. */
  readonly instead?: string;
}

const latencies = { latencyP50: 'always', latencyP95: 'always', latencyP99: 'always' } as const;
const someLatencies = { latencyP50: 'sometimes', latencyP95: 'sometimes', latencyP99: 'sometimes' } as const;

const languageModel = {
  queue: 'always',
  running: 'always',
  concurrency: 'always',
  requestRate: 'always',
  tokenRate: 'always',
  kvCache: 'always',
  ...latencies,
  ttftP99: 'always',
} as const;

/** Inference servers whose metrics pilotlight reads. */
const engines = {
  vllm: {
    port: 8_000,
    path: '/metrics',
    signals: languageModel,
    modelLabel: 'model_name',
    counts: 'completions',
    keepsGpuMemory: true,
  },
  sglang: {
    port: 30_000,
    path: '/metrics',
    signals: languageModel,
    modelLabel: 'model_name',
    counts: 'completions',
    keepsGpuMemory: true,
  },
  triton: {
    port: 8_002,
    path: '/metrics',
    signals: {
      queue: 'always',
      running: 'sometimes',
      requestRate: 'always',
      kvCache: 'sometimes',
      ...someLatencies,
      ttftP99: 'sometimes',
    },
    modelLabel: 'model',
    counts: 'completions',
    keepsGpuMemory: false,
  },
  'tensorrt-llm': {
    port: 8_000,
    path: '/prometheus/metrics',
    signals: languageModel,
    modelLabel: 'model_name',
    counts: 'completions',
    keepsGpuMemory: true,
  },
  tgi: {
    port: 80,
    path: '/metrics',
    signals: {
      queue: 'always',
      running: 'always',
      concurrency: 'always',
      requestRate: 'always',
      tokenRate: 'always',
      ...latencies,
    },
    counts: 'arrivals',
    keepsGpuMemory: true,
  },
  'tensorflow-serving': {
    port: 8_501,
    path: '/monitoring/prometheus/metrics',
    signals: { requestRate: 'always', ...latencies },
    modelLabel: 'model_name',
    counts: 'completions',
    keepsGpuMemory: true,
  },
  torchserve: {
    port: 8_082,
    path: '/metrics',
    signals: { requestRate: 'always' },
    modelLabel: 'model_name',
    counts: 'arrivals',
    keepsGpuMemory: false,
  },
  seldon: {
    port: 9_006,
    path: '/metrics',
    signals: { requestRate: 'always', ...latencies },
    modelLabel: 'model',
    counts: 'completions',
    keepsGpuMemory: false,
  },
  kserve: {
    port: 8_080,
    path: '/metrics',
    signals: { requestRate: 'always', ...latencies },
    modelLabel: 'model_name',
    counts: 'completions',
    keepsGpuMemory: false,
    instead: 'for its vLLM runtime write engine: vllm and enginePort: "8080"',
  },
  'ray-serve': {
    port: 8_080,
    path: '/metrics',
    signals: {
      queue: 'sometimes',
      running: 'always',
      requestRate: 'sometimes',
      tokenRate: 'sometimes',
      kvCache: 'sometimes',
      ...latencies,
      ttftP99: 'sometimes',
    },
    modelLabel: 'deployment',
    counts: 'arrivals',
    keepsGpuMemory: false,
  },
  'llama-cpp': {
    port: 8_080,
    path: '/metrics',
    signals: { queue: 'always', running: 'always', concurrency: 'always', tokenRate: 'always' },
    keepsGpuMemory: true,
  },
  nim: {
    port: 8_000,
    path: '/v1/metrics',
    signals: languageModel,
    modelLabel: 'model_name',
    counts: 'completions',
    keepsGpuMemory: true,
  },
  dynamo: {
    port: 8_000,
    path: '/metrics',
    signals: {
      queue: 'sometimes',
      concurrency: 'always',
      requestRate: 'sometimes',
      tokenRate: 'sometimes',
      kvCache: 'sometimes',
      ...latencies,
      ttftP99: 'sometimes',
    },
    modelLabel: 'model',
    counts: 'completions',
    keepsGpuMemory: true,
  },
} as const satisfies Record<string, EngineDefinition>;

export type EngineName = keyof typeof engines;

/** The signals that an engine's pods tell, in at least some of its versions. */
export type EngineSignal<E extends EngineName> = keyof (typeof engines)[E]['signals'];

export const engineNames = Object.keys(engines) as readonly EngineName[];

/** One engine, without the detail that its entry is a constant. */
export function engineDefinition(name: EngineName): EngineDefinition {
  return engines[name];
}

/** The signals that the pods of this engine tell, in at least some of its versions. */
export function engineSignals(name: EngineName): readonly SignalName[] {
  return Object.keys(engines[name].signals) as SignalName[];
}
