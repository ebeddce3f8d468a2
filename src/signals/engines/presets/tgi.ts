import type { NumberMetric, EnginePreset } from './preset.ts';
import { latencies } from './preset.ts';

const running: NumberMetric = { read: 'sum', from: [{ name: 'tgi_batch_current_size' }] };
const queue: NumberMetric = { read: 'sum', from: [{ name: 'tgi_queue_size' }] };

/**
 * Text Generation Inference's router. It counts requests as they arrive. Tokens are the sum of a histogram over requests,
 * so they are counted when a request ends. There is no label for the model, and nothing on the KV cache or the first token. A
 * metric is there only after the first request.
 */
export const tgi: EnginePreset<'tgi'> = {
  queue,
  running,
  concurrency: { ...running, plus: queue },
  requestRate: { read: 'rate', from: [{ name: 'tgi_request_count' }] },
  tokenRate: { read: 'rate', from: [{ name: 'tgi_request_generated_tokens_sum' }] },
  ...latencies({ name: 'tgi_request_duration' }),
};
