import type { EngineMetric, EnginePreset } from './engine.ts';

const running: EngineMetric = {
  read: 'sum',
  from: [{ name: 'trtllm_num_requests_running' }, { name: 'trtllm:num_requests_running' }],
};
const queue: EngineMetric = {
  read: 'sum',
  from: [{ name: 'trtllm_num_requests_waiting' }, { name: 'trtllm:num_requests_waiting' }],
};

/**
 * TensorRT-LLM's own server, `trtllm-serve`. Its `/metrics` is JSON; Prometheus' format is under `/prometheus/metrics`, and
 * needs `return_perf_metrics: true` and iteration statistics. Names once began with `trtllm:`.
 */
export const tensorrtLlm: EnginePreset<'tensorrt-llm'> = {
  queue,
  running,
  concurrency: { ...running, plus: queue },
  requestRate: {
    read: 'rate',
    from: [{ name: 'trtllm_request_success_total' }, { name: 'trtllm:request_success_total' }],
  },
  tokenRate: {
    read: 'rate',
    from: [{ name: 'trtllm_generation_tokens_total' }, { name: 'trtllm:generation_tokens_total' }],
  },
  kvCache: { read: 'mean', from: [{ name: 'trtllm_kv_cache_utilization' }, { name: 'trtllm:kv_cache_utilization' }] },
};
