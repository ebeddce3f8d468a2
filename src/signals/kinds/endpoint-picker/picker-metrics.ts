/** The names of one generation of endpoint pickers. Newer ones tell the older names too, so only one generation is read. */
export interface PickerNames {
  /** Requests that the picker itself holds back, by flow and priority. */
  readonly held: string;
  /** Means over the pool's endpoints that are ready. */
  readonly meanQueue: string;
  readonly meanRunning: string;
  readonly meanKvCache: string;
  readonly ready: string;
}

/** The newest first. */
export const pickerGenerations: readonly PickerNames[] = [
  {
    held: 'llm_d_epp_flow_control_queue_size',
    meanQueue: 'llm_d_epp_average_queue_size',
    meanRunning: 'llm_d_epp_average_running_requests',
    meanKvCache: 'llm_d_epp_average_kv_cache_utilization',
    ready: 'llm_d_epp_ready_endpoints',
  },
  {
    held: 'inference_extension_flow_control_queue_size',
    meanQueue: 'inference_pool_average_queue_size',
    meanRunning: 'inference_pool_average_running_requests',
    meanKvCache: 'inference_pool_average_kv_cache_utilization',
    ready: 'inference_pool_ready_pods',
  },
];

/** The labels that name the pool: of the means, and of what is held back. */
export const poolLabels = { means: 'name', held: 'inference_pool' } as const;
