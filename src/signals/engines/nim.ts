import type { EngineMetric, EnginePreset } from './engine.ts';
import { vllm } from './vllm.ts';

/** A metric of vLLM, and what NIM 1 called it. */
function orUnprefixed({ read, from: [first, ...others] }: EngineMetric, name: string): EngineMetric {
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
  requestRate: orUnprefixed(vllm.requestRate, 'request_success_total'),
  tokenRate: orUnprefixed(vllm.tokenRate, 'generation_tokens_total'),
  kvCache: orUnprefixed(vllm.kvCache, 'gpu_cache_usage_perc'),
};
