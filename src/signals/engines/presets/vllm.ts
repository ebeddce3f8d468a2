import type { NumberMetric, EnginePreset } from './preset.ts';
import { firstTokens, latencies } from './preset.ts';

const running: NumberMetric = { read: 'sum', from: [{ name: 'vllm:num_requests_running' }] };
const waiting: NumberMetric = { read: 'sum', from: [{ name: 'vllm:num_requests_waiting' }] };

/**
 * vLLM's own metrics, by its `docs/design/metrics.md` and `loggers.py`. With data parallelism one pod shows one series
 * for each engine (label `engine`): their requests add up, while the use of their KV caches is averaged. Versions that
 * tell why requests wait call those `deferred` that more replicas would not help (an adapter or a transfer is missing).
 * Up to version 0.8 the KV cache was called after the GPU; from 0.9 on both names were shown for a while.
 * `vllm:iteration_tokens_total` looks like a counter and is a histogram.
 */
export const vllm: EnginePreset<'vllm'> = {
  queue: {
    read: 'sum',
    from: [
      { name: 'vllm:num_requests_waiting_by_reason', labels: { reason: 'capacity' } },
      { name: 'vllm:num_requests_waiting' },
    ],
  },
  running,
  concurrency: { ...running, plus: waiting },
  requestRate: { read: 'rate', from: [{ name: 'vllm:request_success_total' }] },
  tokenRate: { read: 'rate', from: [{ name: 'vllm:generation_tokens_total' }] },
  kvCache: { read: 'mean', from: [{ name: 'vllm:kv_cache_usage_perc' }, { name: 'vllm:gpu_cache_usage_perc' }] },
  ...latencies({ name: 'vllm:e2e_request_latency_seconds' }),
  ...firstTokens({ name: 'vllm:time_to_first_token_seconds' }),
};
