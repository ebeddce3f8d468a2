import type { NumberMetric, EnginePreset } from './preset.ts';
import { firstTokens, latencies } from './preset.ts';
import { vllm } from './vllm.ts';

/** A metric of vLLM, and what NIM 1 called it. */
function orUnprefixed({ read, from: [first, ...others] }: NumberMetric, name: string): NumberMetric {
  return { read, from: [first, ...others, { name }] };
}

const running = orUnprefixed(vllm.running, 'num_requests_running');

/** NVIDIA NIM for language models: vLLM's names since version 2, which is vLLM inside; before, names without a prefix. */
export const nim: EnginePreset<'nim'> = {
  queue: orUnprefixed(vllm.queue, 'num_requests_waiting'),
  running,
  concurrency: {
    ...running,
    plus: { read: 'sum', from: [{ name: 'vllm:num_requests_waiting' }, { name: 'num_requests_waiting' }] },
  },
  requestRate: orUnprefixed(orUnprefixed(vllm.requestRate, 'request_success_total'), 'request_finish_total'),
  tokenRate: orUnprefixed(vllm.tokenRate, 'generation_tokens_total'),
  kvCache: orUnprefixed(vllm.kvCache, 'gpu_cache_usage_perc'),
  ...latencies({ name: 'vllm:e2e_request_latency_seconds' }, { name: 'e2e_request_latency_seconds' }),
  ...firstTokens({ name: 'vllm:time_to_first_token_seconds' }, { name: 'time_to_first_token_seconds' }),
};
