import type { EnginePreset } from './preset.ts';
import { firstTokens, latencies } from './preset.ts';

/**
 * Triton Inference Server, by its `docs/user_guide/metrics.md`, alone and with the TensorRT-LLM backend. That backend takes
 * requests out of Triton's queue at once and queues them itself, so its own figures go first; without it there is no count
 * of running requests and no KV cache. Its durations are sums of microseconds, out of which only a mean could be made;
 * quantiles are in its summaries (`--metrics-config summary_latencies=true`), and the time to the first response in its
 * histograms (`histogram_latencies=true`): the first part of a stream, but the whole answer of a model that does not stream.
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
  ...latencies({ name: 'nv_inference_request_summary_us', kind: 'summary', unit: 'us' }),
  ...firstTokens({ name: 'nv_inference_first_response_histogram_ms', unit: 'ms' }),
};
