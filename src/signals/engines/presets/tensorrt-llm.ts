import type { NumberMetric, EnginePreset } from './preset.ts';
import { firstTokens, latencies } from './preset.ts';

const running: NumberMetric = {
  read: 'sum',
  from: [{ name: 'trtllm_num_requests_running' }, { name: 'trtllm:num_requests_running' }],
};
const queue: NumberMetric = {
  read: 'sum',
  from: [{ name: 'trtllm_num_requests_waiting' }, { name: 'trtllm:num_requests_waiting' }],
};

/**
 * TensorRT-LLM's own server, `trtllm-serve`. Its `/metrics` is JSON; Prometheus' format is under `/prometheus/metrics`, and
 * needs `return_perf_metrics: true` and iteration statistics. Names once began with `trtllm:`.
 * With iteration statistics alone only `num_requests_completed_total` counts requests.
 */
export const tensorrtLlm: EnginePreset<'tensorrt-llm'> = {
  queue,
  running,
  concurrency: { ...running, plus: queue },
  requestRate: {
    read: 'rate',
    from: [
      { name: 'trtllm_request_success_total' },
      { name: 'trtllm:request_success_total' },
      { name: 'trtllm_num_requests_completed_total' },
    ],
  },
  tokenRate: {
    read: 'rate',
    from: [{ name: 'trtllm_generation_tokens_total' }, { name: 'trtllm:generation_tokens_total' }],
  },
  kvCache: { read: 'mean', from: [{ name: 'trtllm_kv_cache_utilization' }, { name: 'trtllm:kv_cache_utilization' }] },
  ...latencies({ name: 'trtllm_e2e_request_latency_seconds' }, { name: 'trtllm:e2e_request_latency_seconds' }),
  ...firstTokens({ name: 'trtllm_time_to_first_token_seconds' }, { name: 'trtllm:time_to_first_token_seconds' }),
};
