import type { EnginePreset } from './engine.ts';

/**
 * Triton Inference Server, by its `docs/user_guide/metrics.md`, alone and with the TensorRT-LLM backend. That backend takes
 * requests out of Triton's queue at once and queues them itself, so its own figures go first; without it there is no count
 * of running requests and no KV cache. Durations are not read: they are sums of microseconds.
 */
export const triton: EnginePreset<'triton'> = {
  queue: {
    read: 'sum',
    from: [
      { name: 'nv_trt_llm_request_metrics', labels: { request_type: 'waiting' } },
      { name: 'nv_inference_pending_request_count' },
    ],
  },
  running: { read: 'sum', from: [{ name: 'nv_trt_llm_request_metrics', labels: { request_type: 'scheduled' } }] },
  requestRate: { read: 'rate', from: [{ name: 'nv_inference_request_success' }] },
  kvCache: {
    read: 'max',
    from: [{ name: 'nv_trt_llm_kv_cache_block_metrics', labels: { kv_cache_block_type: 'fraction' } }],
  },
};
