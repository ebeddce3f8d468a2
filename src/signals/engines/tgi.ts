import type { EngineMetric, EnginePreset } from './engine.ts';

const running: EngineMetric = { read: 'sum', from: [{ name: 'tgi_batch_current_size' }] };
const queue: EngineMetric = { read: 'sum', from: [{ name: 'tgi_queue_size' }] };

/**
 * Text Generation Inference's router. It counts requests as they arrive. Tokens are the sum of a histogram over requests,
 * so they are counted when a request ends. There is no label for the model, and nothing on the KV cache.
 */
export const tgi: EnginePreset<'tgi'> = {
  queue,
  running,
  concurrency: { ...running, plus: queue },
  requestRate: { read: 'rate', from: [{ name: 'tgi_request_count' }] },
  tokenRate: { read: 'rate', from: [{ name: 'tgi_request_generated_tokens_sum' }] },
};
