import { describe, expect, it, onTestFinished } from 'vitest';
import { engineDefinition, engineNames, engineSignals } from '../../../src/domain/engine.ts';
import type { EngineName } from '../../../src/domain/engine.ts';
import type { SignalName } from '../../../src/domain/signal.ts';
import { createEnginePodsSource } from '../../../src/signals/engines/engine-pods.ts';
import { DirectScraper } from '../../../src/signals/scrape/direct-scraper.ts';
import { pod, workload } from '../../support/builders.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { startHttpStandIn } from '../../support/http-stand-in.ts';

const scraper = new DirectScraper();

type Values = Partial<Record<SignalName, number | string>>;

/**
 * Reads an engine's pod twice, 10 s apart. In `text`, `<a+b>` is a counter that stood at `a` and grew by `b` in between.
 * Answers the number of each signal that the engine may tell, or why there is none.
 */
async function readTwice(engine: EngineName, text: string, modelName?: string): Promise<Values> {
  const clock = new HandClock();
  const grown = (seconds: number): string =>
    text.replace(/<(\d+)\+(\d+)>/g, (_, from: string, by: string) =>
      String(Number(from) + (Number(by) * seconds) / 10),
    );
  const standIn = await startHttpStandIn({ body: grown(0) });
  onTestFinished(() => standIn.server.stop());
  const { port, path } = engineDefinition(engine);
  const origin = { engine, port, path, ...(modelName !== undefined && { modelName }) };
  const source = createEnginePodsSource(origin, engineSignals(engine), { scraper, clock });
  const one = workload({ pods: [pod({ address: standIn.server.host })] });
  await source.read(one, AbortSignal.timeout(5_000));
  standIn.answer = () => ({ body: grown(10) });
  clock.jumpTo(10_000);
  const measured = await source.read(one, AbortSignal.timeout(5_000));
  expect(standIn.seen.map((request) => request.path)).toEqual([path, path]);
  const told = (reason: string): string => reason.replace(`${standIn.server.host}: `, '');
  return Object.fromEntries(
    [...measured].map(([signal, one]) => [
      signal,
      one.state === 'measured' ? Number(one.value.toFixed(6)) : told(one.reason),
    ]),
  );
}

/**
 * A histogram in which 100 requests end between two reads: 40 took up to 1 s, 80 up to 2 s, all up to 4 s.
 * @param bounds the 1, 2 and 4 s in the server's unit
 */
function histogram(
  name: string,
  labels: string,
  [one, two, four]: readonly [string, string, string] = ['1.0', '2.0', '4.0'],
): string {
  // prettier-ignore
  const bucket = (le: string, by: number): string => `${name}_bucket{${labels}le="${le}"} <7+${by}>\n`;
  const buckets = bucket(one, 40) + bucket(two, 80) + bucket(four, 100) + bucket('+Inf', 100);
  return `${buckets}${name}_sum{${labels}} <9+160>\n${name}_count{${labels}} <7+100>\n`;
}
const timed = { latencyP50: 1.25, latencyP95: 3.5, latencyP99: 3.9 };
const tenth = ['0.1', '0.2', '0.4'] as const;
const inMs = ['1000', '2000', '4000'] as const;
const inUs = ['1e+06', '2e+06', '4e+06'] as const;

const vllmNow = `# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="llama"} 8.0
vllm:num_requests_waiting{engine="0",model_name="llama"} 7.0
vllm:num_requests_waiting_by_reason{engine="0",model_name="llama",reason="capacity"} 5.0
vllm:num_requests_waiting_by_reason{engine="0",model_name="llama",reason="deferred"} 2.0
vllm:kv_cache_usage_perc{engine="0",model_name="llama"} 0.5
vllm:generation_tokens_total{engine="0",model_name="llama"} <4000+2500>
vllm:prompt_tokens_total{engine="0",model_name="llama"} <9000+9000>
vllm:request_success_total{engine="0",finished_reason="stop",model_name="llama"} <100+20>
vllm:request_success_total{engine="0",finished_reason="length",model_name="llama"} <10+5>
vllm:iteration_tokens_total_bucket{engine="0",le="8.0",model_name="llama"} <1+500>
vllm:iteration_tokens_total_count{engine="0",model_name="llama"} <1+500>
${histogram('vllm:e2e_request_latency_seconds', 'engine="0",model_name="llama",')}${histogram('vllm:time_to_first_token_seconds', 'engine="0",model_name="llama",', tenth)}`;
const vllmOld = `vllm:num_requests_running{model_name="llama"} 8.0
vllm:num_requests_waiting{model_name="llama"} 7.0
vllm:num_requests_swapped{model_name="llama"} 3.0
vllm:gpu_cache_usage_perc{model_name="llama"} 0.5
vllm:cpu_cache_usage_perc{model_name="llama"} 0.9
vllm:generation_tokens_total{model_name="llama"} <4000+2500>
vllm:request_success_total{finished_reason="stop",model_name="llama"} <100+25>
${histogram('vllm:e2e_request_latency_seconds', 'model_name="llama",')}${histogram('vllm:time_to_first_token_seconds', 'model_name="llama",', tenth)}`;
const language = {
  running: 8,
  concurrency: 15,
  requestRate: 2.5,
  tokenRate: 250,
  kvCache: 0.5,
  ...timed,
  ttftP99: 0.39,
};

const tritonPlain = `nv_inference_request_success{model="bert",version="1"} <100+50>
nv_inference_request_failure{model="bert",reason="OTHER",version="1"} <1+50>
nv_inference_count{model="bert",version="1"} <400+200>
nv_inference_pending_request_count{model="bert",version="1"} 6
nv_inference_queue_duration_us{model="bert",version="1"} <9000000+9000000>
nv_gpu_utilization{gpu_uuid="GPU-1"} 0.9
`;
const tritonTimed = `nv_inference_request_summary_us{model="bert",quantile="0.5",version="1"} 1.25e+06
nv_inference_request_summary_us{model="bert",quantile="0.95",version="1"} 3.5e+06
nv_inference_request_summary_us{model="bert",quantile="0.99",version="1"} 3.9e+06
nv_inference_request_summary_us_sum{model="bert",version="1"} 9e+09
nv_inference_queue_summary_us{model="bert",quantile="0.99",version="1"} 9e+09
${['0.5', '0.95', '0.99'].map((share) => `nv_inference_request_summary_us{model="idle",quantile="${share}",version="1"} Nan\n`).join('')}${histogram('nv_inference_first_response_histogram_ms', 'model="bert",version="1",', ['100', '200', '400'])}`;
const tritonUntimed = {
  ...Object.fromEntries(Object.keys(timed).map((signal) => [signal, 'no nv_inference_request_summary_us'])),
  ttftP99: 'no nv_inference_first_response_histogram_ms_bucket',
};

const tritonTrtLlm = `nv_inference_request_success{model="ensemble",version="1"} <100+20>
nv_inference_pending_request_count{model="tensorrt_llm",version="1"} 0
nv_trt_llm_request_metrics{model="tensorrt_llm",request_type="waiting",version="1"} 4
nv_trt_llm_request_metrics{model="tensorrt_llm",request_type="context",version="1"} 1
nv_trt_llm_request_metrics{model="tensorrt_llm",request_type="scheduled",version="1"} 9
nv_trt_llm_request_metrics{model="tensorrt_llm",request_type="active",version="1"} 13
nv_trt_llm_request_metrics{model="tensorrt_llm",request_type="max",version="1"} 512
nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="fraction",model="tensorrt_llm",version="1"} 0.25
nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="used",model="tensorrt_llm",version="1"} 1000
`;

/** What a trtllm-serve shows, with the prefix of its version. */
const trtllm = (prefix: string): string => `${prefix}num_requests_running{engine_type="trtllm",model_name="llama"} 8
${prefix}num_requests_waiting{engine_type="trtllm",model_name="llama"} 7
${prefix}num_requests_completed_total{engine_type="trtllm",model_name="llama"} <1+70>
${prefix}kv_cache_utilization{engine_type="trtllm",model_name="llama"} 0.5
${prefix}request_success_total{engine_type="trtllm",finished_reason="stop",model_name="llama"} <100+25>
${prefix}generation_tokens_total{engine_type="trtllm",model_name="llama"} <4000+2500>
${histogram(`${prefix}e2e_request_latency_seconds`, 'engine_type="trtllm",model_name="llama",')}${histogram(`${prefix}time_to_first_token_seconds`, 'model_name="llama",', tenth)}`;

const sglang = (counterLabels: string): string => `sglang:num_running_reqs{model_name="qwen"} 8
sglang:num_queue_reqs{model_name="qwen"} 7
sglang:token_usage{model_name="qwen"} 0.5
sglang:gen_throughput{model_name="qwen"} 9999
sglang:generation_tokens_total{${counterLabels}model_name="qwen"} <4000+2500>
sglang:num_requests_total{${counterLabels}model_name="qwen"} <100+25>
${histogram('sglang:e2e_request_latency_seconds', `${counterLabels}model_name="qwen",`)}${histogram('sglang:time_to_first_token_seconds', 'model_name="qwen",', tenth)}`;

const none = (...names: string[]): string => `no ${names.join(' or ')}`;

describe('an engine preset reads', () => {
  it.each<[engine: EngineName, version: string, text: string, values: Values]>([
    ['vllm', 'now, with reasons why requests wait', vllmNow, { ...language, queue: 5 }],
    ['vllm', 'before version 0.9', vllmOld, { ...language, queue: 7 }],
    ['sglang', 'now', sglang('is_streaming="true",'), { ...language, queue: 7 }],
    ['sglang', 'before its counters told streaming', sglang(''), { ...language, queue: 7 }],
    [
      'triton',
      'alone',
      tritonPlain,
      {
        queue: 6,
        running: none('nv_trt_llm_request_metrics'),
        requestRate: 5,
        kvCache: none('nv_trt_llm_kv_cache_block_metrics'),
        ...tritonUntimed,
      },
    ],
    [
      'triton',
      'with TensorRT-LLM',
      tritonTrtLlm,
      { queue: 4, running: 9, requestRate: 2, kvCache: 0.25, ...tritonUntimed },
    ],
    [
      'triton',
      'with summaries and histograms of latency',
      tritonPlain + tritonTimed,
      {
        ...timed,
        ttftP99: 0.39,
        queue: 6,
        requestRate: 5,
        running: none('nv_trt_llm_request_metrics'),
        kvCache: none('nv_trt_llm_kv_cache_block_metrics'),
      },
    ],
    ['tensorrt-llm', 'now', trtllm('trtllm_'), { ...language, queue: 7 }],
    [
      'tensorrt-llm',
      'with iteration statistics alone',
      trtllm('trtllm_').replace(/.*request_success_total.*\n/, ''),
      { ...language, queue: 7, requestRate: 7 },
    ],
    ['tensorrt-llm', 'with the older prefix', trtllm('trtllm:'), { ...language, queue: 7 }],
    [
      'tgi',
      'version 3',
      'tgi_queue_size 7\ntgi_batch_current_size 8\ntgi_request_count <100+25>\ntgi_request_success{method="batch"} <90+10>\n' +
        'tgi_request_generated_tokens_sum <4000+2500>\ntgi_request_generated_tokens_count <90+10>\n' +
        histogram('tgi_request_duration', ''),
      { queue: 7, running: 8, concurrency: 15, requestRate: 2.5, tokenRate: 250, ...timed },
    ],
    [
      'tensorflow-serving',
      'version 2',
      ':tensorflow:serving:request_count{model_name="resnet",status="OK"} <100+40>\n' +
        ':tensorflow:serving:request_count{model_name="resnet",status="INVALID"} <1+10>\n' +
        histogram(':tensorflow:serving:request_latency', 'model_name="resnet",API="predict",entrypoint="REST",', inUs),
      { requestRate: 5, ...timed },
    ],
    [
      'torchserve',
      'in its mode for Prometheus',
      'ts_inference_requests_total{model_name="resnet",model_version="default",hostname="a",} <100+50>\n' +
        'QueueTime{Level="Host",Hostname="a",} 250.0\nts_queue_latency_microseconds{model_name="resnet",} <1+90000>\n',
      { requestRate: 5 },
    ],
    [
      'seldon',
      'Core 2',
      'seldon_model_infer_total{code="200",method_type="rest",model="iris",model_internal="iris_1",server="mlserver"} <100+50>\n' +
        histogram('seldon_model_infer_api_seconds', 'code="200",method_type="rest",model="iris",'),
      { requestRate: 5, ...timed },
    ],
    [
      'seldon',
      'Core 1',
      'seldon_api_executor_server_requests_seconds_count{code="200",deployment_name="iris",service="predictions"} <100+50>\n' +
        'seldon_api_executor_server_requests_seconds_count{code="200",deployment_name="iris",service="feedback"} <1+900>\n' +
        'seldon_api_executor_client_requests_seconds_count{code="200",deployment_name="iris",service="predictions"} <1+50>\n' +
        histogram('seldon_api_executor_server_requests_seconds', 'code="200",deployment_name="iris",service="predictions",').replace(/.*_count.*\n/, '') +
        histogram('seldon_api_executor_server_requests_seconds', 'code="200",deployment_name="iris",service="feedback",', inMs).replace(/.*_count.*\n/, ''), // prettier-ignore
      { requestRate: 5, ...timed },
    ],
    [
      'kserve',
      "with KServe's own server",
      'request_preprocess_seconds_count{model_name="iris"} <1+90>\n' +
        histogram('request_predict_seconds', 'model_name="iris",'),
      { requestRate: 10, ...timed },
    ],
    ...['_total', ''].map((suffix): [EngineName, string, string, Values] => [
      'ray-serve',
      suffix === '' ? 'with its older names' : 'now',
      'ray_serve_deployment_queued_queries{deployment="LLM",application="app",handle="h",actor_id="a"} 7\n' +
        'ray_serve_num_ongoing_requests_at_replicas{deployment="LLM",application="app",handle="h"} 8\n' +
        'ray_serve_replica_processing_queries{deployment="LLM",application="app",replica="r"} 8\n' +
        `ray_serve_num_router_requests${suffix}{deployment="LLM",application="app",route="/",handle="h"} <100+25>\n` +
        histogram(
          'ray_serve_deployment_processing_latency_ms',
          'application="app",deployment="LLM",replica="r",',
          inMs,
        ) +
        `ray_vllm_generation_tokens_total{model_name="llama"} <4000+2500>\nray_vllm_${suffix === '' ? 'gpu' : 'kv'}_cache_usage_perc{model_name="llama"} 0.5\n` +
        histogram('ray_vllm_time_to_first_token_seconds', 'model_name="llama",', tenth),
      { queue: 7, running: 8, requestRate: 2.5, tokenRate: 250, kvCache: 0.5, ...timed, ttftP99: 0.39 },
    ]),
    [
      'llama-cpp',
      'version of 2026',
      'llamacpp:requests_processing 8\nllamacpp:requests_deferred 7\nllamacpp:predicted_tokens_seconds 999\n' +
        'llamacpp:tokens_predicted_total <4000+2500>\nllamacpp:prompt_tokens_total <1+9000>\n',
      { queue: 7, running: 8, concurrency: 15, tokenRate: 250 },
    ],
    ['nim', 'version 2', vllmNow, { ...language, queue: 5 }],
    ['nim', 'version 1', vllmOld.replaceAll('vllm:', ''), { ...language, queue: 7 }],
    [
      'nim',
      'version 1 that counts ends alone',
      vllmOld.replaceAll('vllm:', '').replaceAll('request_success_total', 'request_finish_total'),
      { ...language, queue: 7 },
    ],
    [
      'dynamo',
      'at its frontend',
      'dynamo_frontend_queued_requests{model="llama"} 7\ndynamo_frontend_inflight_requests{model="llama"} 15\n' +
        'dynamo_frontend_requests_total{endpoint="chat_completions",model="llama",request_type="stream",status="success"} <100+25>\n' +
        'dynamo_frontend_output_sequence_tokens_sum{model="llama"} <4000+2500>\n' +
        histogram('dynamo_frontend_request_duration_seconds', 'model="llama",') +
        histogram('dynamo_frontend_time_to_first_token_seconds', 'model="llama",', tenth),
      {
        ...timed,
        ttftP99: 0.39,
        queue: 7,
        concurrency: 15,
        requestRate: 2.5,
        tokenRate: 250,
        kvCache: none('dynamo_component_kvstats_gpu_cache_usage_percent', 'vllm:kv_cache_usage_perc'),
      },
    ],
    [
      'dynamo',
      'at a worker',
      'dynamo_component_inflight_requests{dynamo_endpoint="generate",model="llama"} 15\n' +
        'dynamo_component_inflight_requests{dynamo_endpoint="clear_kv_blocks",model="llama"} 1\n' +
        'dynamo_component_kvstats_gpu_cache_usage_percent{model="llama"} 0.5\nvllm:kv_cache_usage_perc{model_name="llama"} 0.6\n' +
        histogram('dynamo_component_request_duration_seconds', 'dynamo_endpoint="generate",model="llama",') +
        histogram(
          'dynamo_component_request_duration_seconds',
          'dynamo_endpoint="clear_kv_blocks",model="llama",',
          inMs,
        ) +
        histogram('vllm:time_to_first_token_seconds', 'model_name="llama",', tenth),
      {
        ...timed,
        ttftP99: 0.39,
        queue: none('dynamo_frontend_queued_requests'),
        concurrency: 15,
        requestRate: none('dynamo_frontend_requests_total'),
        tokenRate: none('dynamo_frontend_output_tokens_total', 'dynamo_frontend_output_sequence_tokens_sum'),
        kvCache: 0.5,
      },
    ],
  ])('%s %s', async (engine, _version, text, values) => {
    expect(await readTwice(engine, text)).toEqual(values);
  });

  it.each(engineNames)('nothing of %s out of an empty answer', async (engine) => {
    const values = await readTwice(engine, 'process_start_time_seconds 1\n');
    expect(Object.keys(values)).toEqual(engineSignals(engine));
    for (const value of Object.values(values)) expect(value).toMatch(/^no \S/);
  });

  it.each<[EngineName, text: string, model: string, values: Values]>([
    ['vllm', vllmNow + vllmNow.replaceAll('llama', 'phi'), 'phi', { ...language, queue: 5 }],
    ['triton', tritonPlain + tritonPlain.replaceAll('bert', 'gpt'), 'bert', { queue: 6, requestRate: 5 }],
    ['triton', tritonTrtLlm + tritonPlain, 'bert', { queue: 6, requestRate: 5 }],
    [
      'seldon',
      'seldon_api_executor_server_requests_seconds_count{deployment_name="a",service="predictions"} <1+50>\n' +
        'seldon_api_executor_server_requests_seconds_count{deployment_name="b",service="predictions"} <1+900>\n',
      'a',
      { requestRate: 5 },
    ],
  ])('one model of %s', async (engine, text, model, values) => {
    expect(await readTwice(engine, text, model)).toMatchObject(values);
  });
});

describe('traps of presets:', () => {
  it('names of two versions at once are not counted twice', async () => {
    expect(await readTwice('nim', vllmNow + vllmOld.replaceAll('vllm:', ''))).toEqual({ ...language, queue: 5 });
    expect(await readTwice('tensorrt-llm', trtllm('trtllm_') + trtllm('trtllm:'))).toEqual({ ...language, queue: 7 });
  });

  it('absent is not 0, for a rate as for a gauge', async () => {
    expect(await readTwice('tgi', 'tgi_queue_size NaN\n')).toMatchObject({
      queue: 'tgi_queue_size is NaN',
      concurrency: 'no tgi_batch_current_size',
      requestRate: 'no tgi_request_count',
    });
    expect((await readTwice('vllm', 'vllm:request_success_total -1\n')).requestRate).toBe('vllm:request_success_total is -1'); // prettier-ignore
  });

  it('a histogram named like a counter is no counter', async () => {
    const { tokenRate } = await readTwice('vllm', 'vllm:iteration_tokens_total_sum <1+500>\n');
    expect(tokenRate).toBe('no vllm:generation_tokens_total');
  });

  it('gauges of throughput that reset when they are read are not read', async () => {
    const text = 'llamacpp:predicted_tokens_seconds 900\nllamacpp:tokens_predicted_total <0+100>\n';
    expect((await readTwice('llama-cpp', text)).tokenRate).toBe(10);
  });

  it("the several engines and models of a pod make one number, by the signal's kind", async () => {
    const second = vllmNow.replaceAll('engine="0"', 'engine="1"').replace('llama"} 0.5', 'llama"} 0.1');
    const joined = {
      ...language,
      queue: 10,
      running: 16,
      concurrency: 30,
      requestRate: 5,
      tokenRate: 500,
      kvCache: 0.3,
    };
    expect(await readTwice('vllm', vllmNow + second)).toEqual(joined);
    const models = tritonTrtLlm + tritonTrtLlm.replaceAll('tensorrt_llm', 'draft').replace('} 0.25', '} 0.75');
    expect(await readTwice('triton', models)).toMatchObject({ queue: 8, running: 18, kvCache: 0.75 });
  });
});
