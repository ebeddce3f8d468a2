import type { EnginePreset } from './preset.ts';
import { latencies } from './preset.ts';

/** KServe's Python model server: the count of its histogram of predictions. Its vLLM runtime speaks vLLM's names. */
export const kserve: EnginePreset<'kserve'> = {
  requestRate: { read: 'rate', from: [{ name: 'request_predict_seconds_count' }] },
  ...latencies({ name: 'request_predict_seconds' }),
};
