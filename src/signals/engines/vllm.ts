import type { EnginePreset } from './engine.ts';

/**
 * vLLM's own metrics, by its `docs/design/metrics.md` and `loggers.py`. With data parallelism one pod shows one series
 * for each engine (label `engine`): their requests add up, while the use of their KV caches is averaged.
 * Up to version 0.8 the KV cache was called after the GPU; from 0.9 on both names were shown for a while.
 */
export const vllm: EnginePreset = {
  name: 'vllm',
  modelLabel: 'model_name',
  metrics: {
    queue: { names: ['vllm:num_requests_waiting'], join: 'sum' },
    running: { names: ['vllm:num_requests_running'], join: 'sum' },
    kvCache: { names: ['vllm:kv_cache_usage_perc', 'vllm:gpu_cache_usage_perc'], join: 'mean' },
  },
};
