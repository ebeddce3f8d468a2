/** Bounds of vLLM's histograms, by what they count; times are in seconds. */
const bounds = {
  firstToken: [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560], // prettier-ignore
  nextToken: [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80],
  request: [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680],
  tokens: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000],
  step: [1, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384],
  answers: [1, 2, 5, 10, 20],
  http: [0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 7.5, 10, 30, 60],
} as const;

const histograms: readonly (readonly [name: string, bounds: readonly number[]])[] = [
  ['vllm:time_to_first_token_seconds', bounds.firstToken],
  ['vllm:inter_token_latency_seconds', bounds.nextToken],
  ['vllm:request_time_per_output_token_seconds', bounds.nextToken],
  ['vllm:e2e_request_latency_seconds', bounds.request],
  ['vllm:request_queue_time_seconds', bounds.request],
  ['vllm:request_inference_time_seconds', bounds.request],
  ['vllm:request_prefill_time_seconds', bounds.request],
  ['vllm:request_decode_time_seconds', bounds.request],
  ['vllm:request_prompt_tokens', bounds.tokens],
  ['vllm:request_generation_tokens', bounds.tokens],
  ['vllm:request_max_num_generation_tokens', bounds.tokens],
  ['vllm:request_params_max_tokens', bounds.tokens],
  ['vllm:request_prefill_kv_computed_tokens', bounds.tokens],
  ['vllm:request_params_n', bounds.answers],
  ['vllm:iteration_tokens_total', bounds.step],
];
const gauges = ['vllm:num_requests_running', 'vllm:num_requests_waiting', 'vllm:kv_cache_usage_perc'];
const counters = [
  'vllm:num_preemptions_total',
  'vllm:prefix_cache_queries_total',
  'vllm:prefix_cache_hits_total',
  'vllm:prompt_tokens_total',
  'vllm:prompt_tokens_cached_total',
  'vllm:generation_tokens_total',
];
const ends = ['stop', 'length', 'abort', 'error', 'repetition'];
const handlers = ['/v1/chat/completions', '/v1/completions', '/v1/embeddings', '/v1/models', '/health', '/metrics'];

/**
 * What a vLLM shows at `/metrics`, all its families and those of the Python around it.
 * @param engines data-parallel engines, whose series stand side by side
 * @param age grows with each read, and all counters with it
 */
export function vllmScrape(engines: number, age: number): string {
  const labels = Array.from({ length: engines }, (_, engine) => `engine="${engine}",model_name="meta-llama/Llama-3.1-70B-Instruct"`); // prettier-ignore
  const perEngine = (name: string, type: string, lines: (labels: string) => string): string =>
    `# HELP ${name} What vLLM says of it, in a sentence.\n# TYPE ${name} ${type}\n${labels.map(lines).join('')}`;
  return [
    pythonFamilies(age),
    ...gauges.map((name) => perEngine(name, 'gauge', (of) => `${name}{${of}} ${(age % 7) / 8}\n`)),
    perEngine('vllm:num_requests_waiting_by_reason', 'gauge', waitingByReason),
    ...counters.map((name) => perEngine(name, 'counter', (of) => `${name}{${of}} ${(1_000 + 37 * age).toFixed(1)}\n`)),
    perEngine('vllm:request_success_total', 'counter', (of) => successes(of, age)),
    ...histograms.map(([name, les]) =>
      perEngine(name, 'histogram', (of) => histogram(name, les, { of: `${of},`, age })),
    ),
    ...handlers.map((handler) => histogram('http_request_duration_seconds', bounds.http, { of: `handler="${handler}",method="POST",`, age })), // prettier-ignore
  ].join('');
}

function waitingByReason(of: string): string {
  return ['capacity', 'deferred'].map((reason) => `vllm:num_requests_waiting_by_reason{${of},reason="${reason}"} 3.0\n`).join(''); // prettier-ignore
}

function successes(of: string, age: number): string {
  return ends.map((end) => `vllm:request_success_total{${of},finished_reason="${end}"} ${(90 + age).toFixed(1)}\n`).join(''); // prettier-ignore
}

function histogram(name: string, les: readonly number[], { of, age }: { of: string; age: number }): string {
  const count = (index: number): string => ((index + 1) * (10 + age)).toFixed(1);
  const buckets = les.map((le, index) => `${name}_bucket{${of}le="${le.toFixed(1 + Number(le < 1) * 2)}"} ${count(index)}\n`); // prettier-ignore
  const labels = of.slice(0, -1);
  const total = count(les.length);
  return `${buckets.join('')}${name}_bucket{${of}le="+Inf"} ${total}\n${name}_count{${labels}} ${total}\n${name}_sum{${labels}} ${(age * 12.75).toFixed(3)}\n`;
}

function pythonFamilies(age: number): string {
  const generations = [0, 1, 2].map((generation) => `python_gc_collections_total{generation="${generation}"} ${age}.0\n`); // prettier-ignore
  return `# HELP python_gc_collections_total Number of times this generation was collected\n# TYPE python_gc_collections_total counter\n${generations.join('')}process_resident_memory_bytes 9.876543488e+09\nprocess_cpu_seconds_total ${age}.25\nprocess_open_fds 211.0\n`;
}
