import type { EnginePreset } from './preset.ts';

/**
 * TorchServe, with `metrics_mode=prometheus` and a metrics address other pods can reach. Its gauge `QueueTime` is the time
 * that the last request waited, in milliseconds, and no queue.
 */
export const torchserve: EnginePreset<'torchserve'> = {
  requestRate: { read: 'rate', from: [{ name: 'ts_inference_requests_total' }] },
};
