import type { EnginePreset } from './preset.ts';
import { firstTokens, latencies } from './preset.ts';

/**
 * NVIDIA Dynamo: its frontend, or, at the port of `DYN_SYSTEM_PORT` (8081), a worker, which shows the metrics of its vLLM as
 * well. The frontend's queue is of requests without a first token yet, so it holds those whose prompt is being read.
 */
export const dynamo: EnginePreset<'dynamo'> = {
  queue: { read: 'sum', from: [{ name: 'dynamo_frontend_queued_requests' }] },
  concurrency: {
    read: 'sum',
    from: [
      { name: 'dynamo_frontend_inflight_requests' },
      { name: 'dynamo_frontend_active_requests' },
      { name: 'dynamo_component_inflight_requests', labels: { dynamo_endpoint: 'generate' } },
    ],
  },
  requestRate: { read: 'rate', from: [{ name: 'dynamo_frontend_requests_total' }] },
  tokenRate: {
    read: 'rate',
    from: [{ name: 'dynamo_frontend_output_tokens_total' }, { name: 'dynamo_frontend_output_sequence_tokens_sum' }],
  },
  kvCache: {
    read: 'mean',
    from: [
      { name: 'dynamo_component_kvstats_gpu_cache_usage_percent' },
      { name: 'vllm:kv_cache_usage_perc', modelLabel: 'model_name' },
    ],
  },
  ...latencies(
    { name: 'dynamo_frontend_request_duration_seconds' },
    { name: 'dynamo_component_request_duration_seconds', labels: { dynamo_endpoint: 'generate' } },
  ),
  ...firstTokens(
    { name: 'dynamo_frontend_time_to_first_token_seconds' },
    { name: 'vllm:time_to_first_token_seconds', modelLabel: 'model_name' },
  ),
};
