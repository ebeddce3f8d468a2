import type { EnginePreset } from './engine.ts';

/** TensorFlow Serving, with `prometheus_config { enable: true }` in its monitoring configuration. It tells of no queue. */
export const tensorflowServing: EnginePreset<'tensorflow-serving'> = {
  requestRate: { read: 'rate', from: [{ name: ':tensorflow:serving:request_count' }] },
};
