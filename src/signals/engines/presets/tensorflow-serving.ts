import type { EnginePreset } from './preset.ts';
import { latencies } from './preset.ts';

/** TensorFlow Serving, with `prometheus_config { enable: true }` in its monitoring configuration. It tells of no queue. */
export const tensorflowServing: EnginePreset<'tensorflow-serving'> = {
  requestRate: { read: 'rate', from: [{ name: ':tensorflow:serving:request_count' }] },
  ...latencies({ name: ':tensorflow:serving:request_latency', unit: 'us' }),
};
