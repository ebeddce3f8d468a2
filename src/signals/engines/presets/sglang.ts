import type { NumberMetric, EnginePreset } from './preset.ts';
import { firstTokens, latencies } from './preset.ts';

const running: NumberMetric = { read: 'sum', from: [{ name: 'sglang:num_running_reqs' }] };
const queue: NumberMetric = { read: 'sum', from: [{ name: 'sglang:num_queue_reqs' }] };

/**
 * SGLang's metrics, by its `metrics_collector.py`; shown only with `--enable-metrics`. With data parallelism there is one
 * series for each `dp_rank`. Its counters have got a label `is_streaming`, whose series add up.
 */
export const sglang: EnginePreset<'sglang'> = {
  queue,
  running,
  concurrency: { ...running, plus: queue },
  requestRate: { read: 'rate', from: [{ name: 'sglang:num_requests_total' }] },
  tokenRate: { read: 'rate', from: [{ name: 'sglang:generation_tokens_total' }] },
  kvCache: { read: 'mean', from: [{ name: 'sglang:token_usage' }] },
  ...latencies({ name: 'sglang:e2e_request_latency_seconds' }),
  ...firstTokens({ name: 'sglang:time_to_first_token_seconds' }),
};
