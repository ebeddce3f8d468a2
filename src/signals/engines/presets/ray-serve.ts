import type { EnginePreset } from './preset.ts';
import { firstTokens, latencies } from './preset.ts';

/**
 * Ray Serve, as each Ray node exports it, about every 10 s. Requests wait and arrive at routers, so only pods with a router
 * tell of that; every pod with a replica tells what it processes. The gauge of ongoing requests at replicas is a router's
 * view of the same requests: adding it would count them twice. Counters once had no `_total`.
 * A vLLM under Ray is exported with its colon as `_`, and knows models rather than deployments.
 */
export const rayServe: EnginePreset<'ray-serve'> = {
  queue: { read: 'sum', from: [{ name: 'ray_serve_deployment_queued_queries' }] },
  running: { read: 'sum', from: [{ name: 'ray_serve_replica_processing_queries' }] },
  requestRate: {
    read: 'rate',
    from: [{ name: 'ray_serve_num_router_requests_total' }, { name: 'ray_serve_num_router_requests' }],
  },
  tokenRate: { read: 'rate', from: [{ name: 'ray_vllm_generation_tokens_total', modelLabel: 'model_name' }] },
  kvCache: {
    read: 'mean',
    from: [
      { name: 'ray_vllm_kv_cache_usage_perc', modelLabel: 'model_name' },
      { name: 'ray_vllm_gpu_cache_usage_perc', modelLabel: 'model_name' },
    ],
  },
  ...latencies({ name: 'ray_serve_deployment_processing_latency_ms', unit: 'ms' }),
  ...firstTokens({ name: 'ray_vllm_time_to_first_token_seconds', modelLabel: 'model_name' }),
};
