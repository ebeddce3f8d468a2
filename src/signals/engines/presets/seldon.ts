import type { EnginePreset } from './preset.ts';
import { latencies } from './preset.ts';

/**
 * Seldon Core 2's agent; and the executor of Seldon Core 1, which is found at port 8000 and path /prometheus, and knows
 * deployments rather than models. Its requests to `feedback` are no predictions.
 */
export const seldon: EnginePreset<'seldon'> = {
  requestRate: {
    read: 'rate',
    from: [
      { name: 'seldon_model_infer_total' },
      {
        name: 'seldon_api_executor_server_requests_seconds_count',
        labels: { service: 'predictions' },
        modelLabel: 'deployment_name',
      },
    ],
  },
  ...latencies(
    { name: 'seldon_model_infer_api_seconds' },
    {
      name: 'seldon_api_executor_server_requests_seconds',
      labels: { service: 'predictions' },
      modelLabel: 'deployment_name',
    },
  ),
};
