import type { NumberMetric, EnginePreset } from './preset.ts';

const running: NumberMetric = { read: 'sum', from: [{ name: 'llamacpp:requests_processing' }] };
const queue: NumberMetric = { read: 'sum', from: [{ name: 'llamacpp:requests_deferred' }] };

/**
 * llama.cpp's `llama-server`, with `--metrics`. Its throughput gauges start over each time that anybody reads them, so
 * tokens come from the counter.
 */
export const llamaCpp: EnginePreset<'llama-cpp'> = {
  queue,
  running,
  concurrency: { ...running, plus: queue },
  tokenRate: { read: 'rate', from: [{ name: 'llamacpp:tokens_predicted_total' }] },
};
