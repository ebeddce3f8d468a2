import { describe, expect, it } from 'vitest';
import { parseTriggerMetadata } from '../../src/policy/trigger-metadata.ts';

const queue = { queueFrom: 'jobs', queueKey: 'waiting', queueTarget: '5' };
const office = { timezone: 'Europe/Berlin', businessHours: 'Mon-Fri 08:00-20:00 min=2' };
describe('warnings', () => {
  const onlyCalendar =
    'only the calendar wakes this workload: demand outside business hours is not seen; ' +
    'add queueFrom and queueTarget to see it, or write "offHours: closed" if that is meant';
  const onlyUtilization =
    'GPU utilization alone adds replicas here, and a GPU at 100 % is not overload: one request can keep it there; add queueTarget or runningTarget';
  const always = { timezone: 'UTC', businessHours: 'daily 00:00-24:00 min=1' };
  const cases: [name: string, metadata: Record<string, string>, warnings: string[]][] = [
    ['a calendar that alone can wake', { ...office, engine: 'vllm' }, [onlyCalendar]],
    ['nothing, where off-hours demand is not wanted', { ...office, engine: 'vllm', offHours: 'closed' }, []],
    ['nothing, where there are no off-hours', { ...always, engine: 'vllm' }, []],
    ['off-hours that only holidays make', { ...always, engine: 'vllm', holidays: '12-25' }, [onlyCalendar]],
    [
      'nothing, where windows share the night',
      { timezone: 'UTC', businessHours: 'daily 20:00-08:00; daily 08:00-20:00' },
      [],
    ],
    [
      'settings without effect',
      { ...queue, ...office, drainTimeout: '5m', tokenRateFrom: 'prom', tokenRateQuery: 'x' },
      [
        'drainTimeout: has no effect unless offHours is closed',
        'tokenRateFrom: has no effect without tokenRateTarget or steps that name it',
      ],
    ],
    [
      'a latency that no step looks at',
      { ...queue, engine: 'vllm', latencyP99From: 'prom', latencyP99Query: 'x' },
      ['latencyP99From: has no effect without steps that name latencyP99'],
    ],
    [
      'more settings without effect',
      { ...office, offHours: 'closed', offHoursMaxReplicas: '2', queueActivation: '3' },
      [
        'offHoursMaxReplicas: has no effect where offHours is closed',
        'queueActivation: has no effect without queueTarget',
      ],
    ],
    [
      'GPU memory under an engine that keeps it',
      { ...queue, engine: 'vllm', gpuMemoryTarget: '80' },
      [
        'gpuMemoryTarget: engine vllm takes its GPU memory when it starts and keeps it, so this never falls; kvCacheTarget shows what is in use',
      ],
    ],
    ['GPU memory where it falls again', { ...queue, engine: 'triton', gpuMemoryTarget: '80' }, []],
    [
      'GPU memory under an engine without a KV cache gauge',
      { ...queue, engine: 'tgi', gpuMemoryTarget: '80' },
      ['gpuMemoryTarget: engine tgi takes its GPU memory when it starts and keeps it, so this never falls'],
    ],
    [
      'completions alone, which saturate',
      { ...always, engine: 'vllm', requestRateTarget: '5' },
      [
        'requestRateTarget: engine vllm counts requests when they end, so this does not rise while an overload builds up; add queueTarget or runningTarget or concurrencyTarget',
      ],
    ],
    [
      'completions alone, from an engine without a queue',
      { ...always, engine: 'tensorflow-serving', requestRateTarget: '5' },
      [
        'requestRateTarget: engine tensorflow-serving counts requests when they end, so this does not rise while an overload builds up; add queueFrom and queueTarget',
      ],
    ],
    ['nothing, where a queue stands beside completions', { ...queue, engine: 'seldon', requestRateTarget: '5' }, []],
    ['nothing, where arrivals are counted', { ...always, engine: 'torchserve', requestRateTarget: '5' }, []],
    [
      'a utilization that alone adds replicas',
      { ...always, gpuUtilizationTarget: '80' },
      [`gpuUtilizationTarget: ${onlyUtilization}`],
    ],
    [
      'a mean that is taken for a sum',
      { ...queue, runningFrom: 'prom', runningQuery: 'avg by (model) (vllm:num_requests_running)', runningTarget: '8' },
      [
        "runningQuery: an average is one replica's share, and the target is held against the sum over all; write sum(…)",
      ],
    ],
    [
      "an endpoint picker's mean",
      {
        queueFrom: 'prom',
        queueQuery: 'inference_pool_average_queue_size{name="llama"}',
        queueTarget: '5',
      },
      [
        "queueQuery: inference_pool_average_queue_size is a mean over the pool's endpoints, and the target is held against the sum; multiply it by the number of ready endpoints",
      ],
    ],
    [
      'nothing, where the mean is multiplied, and where it has no target',
      {
        queueFrom: 'prom',
        queueTarget: '5',
        queueQuery: 'inference_pool_average_queue_size * inference_pool_ready_pods',
        runningFrom: 'prom',
        runningQuery: 'avg(x)',
      },
      [],
    ],
    [
      'steps that only add, under targets',
      { ...queue, steps: 'gpuUtilization > 70 for 2m: +1' },
      [
        'steps: none removes replicas, so what they add is taken back as soon as the targets ask for less; add a step that removes, such as "gpuUtilization < 30 for 10m: -1"',
      ],
    ],
    [
      'steps that only add, alone',
      { ...always, steps: 'gpuUtilization > 70 for 2m: +1' },
      [
        'steps: none removes replicas, so what they add stays until the workload is idle; add a step that removes, such as "gpuUtilization < 30 for 10m: -1"',
        `steps: ${onlyUtilization}`,
      ],
    ],
    [
      'steps between which one replica turns into two and back',
      { ...queue, steps: 'gpuUtilization > 70 for 2m: +1; gpuUtilization < 50 for 10m: -1' },
      [
        'steps: "gpuUtilization > 70 for 2m: +1" turns one replica into two that carry half as much, which "gpuUtilization < 50 for 10m: -1" may turn back into one; let it remove below half of what the other adds at',
      ],
    ],
    [
      'a ratio in a step where percent are meant',
      { ...queue, steps: 'gpuUtilization > 70 for 2m: +1; gpuUtilization < 0.3 for 10m: -1' },
      ['steps: "gpuUtilization < 0.3 for 10m: -1" is in percent, so this is 1 % or less; write 80 for 80 %'],
    ],
    [
      'nothing, where steps add and remove well apart',
      { ...queue, steps: 'gpuUtilization > 70 for 2m: +1; gpuUtilization < 30 for 10m: -1' },
      [],
    ],
    [
      'a mean taken for a sum, not where it is multiplied',
      { ...queue, runningFrom: 'prom', runningQuery: 'avg(vllm:num_requests_running)', runningTarget: '5' },
      [
        "runningQuery: an average is one replica's share, and the target is held against the sum over all; write sum(…)",
      ],
    ],
    [
      'nothing of a mean that is multiplied',
      { ...queue, runningFrom: 'prom', runningQuery: 'avg(running) * count(running)', runningTarget: '5' },
      [],
    ],
    [
      'a mean in a step',
      { ...queue, kvCacheFrom: 'prom', kvCacheQuery: 'llm_d_epp_average_kv_cache_utilization', steps: 'kvCache > 80% for 1m: +1; kvCache < 30% for 10m: -1' }, // prettier-ignore
      [
        "kvCacheQuery: llm_d_epp_average_kv_cache_utilization is a mean over the pool's endpoints, and the target is held against the sum; multiply it by the number of ready endpoints",
      ],
    ],
    [
      'a counter taken for a rate',
      { ...queue, tokenRateFrom: 'prom', tokenRateQuery: 'sum(vllm:generation_tokens_total)', tokenRateTarget: '500' },
      [
        'tokenRateQuery: vllm:generation_tokens_total is a counter, which only ever grows; write sum(rate(vllm:generation_tokens_total[1m]))',
      ],
    ],
    [
      'nothing of a counter out of which a rate is made',
      { ...queue, tokenRateFrom: 'prom', tokenRateQuery: 'sum(rate(vllm:generation_tokens_total[1m]))', tokenRateTarget: '500' }, // prettier-ignore
      [],
    ],
    [
      'milliseconds taken for seconds',
      { ...queue, latencyP99From: 'prom', latencyP99Query: 'histogram_quantile(0.99, sum by (le) (rate(istio_request_duration_milliseconds_bucket[1m])))', steps: 'latencyP99 > 2s for 1m: +50%; queue < 1 for 10m: -1' }, // prettier-ignore
      [
        'latencyP99Query: istio_request_duration_milliseconds_bucket is not in seconds, and latencyP99 is; divide by 1000',
      ],
    ],
    [
      'microseconds taken for seconds',
      { ...queue, latencyP99From: 'prom', latencyP99Query: 'max(nv_inference_request_summary_us{quantile="0.99"})', steps: 'latencyP99 > 2s for 1m: +50%; queue < 1 for 10m: -1' }, // prettier-ignore
      ['latencyP99Query: nv_inference_request_summary_us is not in seconds, and latencyP99 is; divide by 1000000'],
    ],
    [
      'percent taken for a ratio',
      { ...queue, gpuUtilizationFrom: 'prom', gpuUtilizationQuery: 'sum(DCGM_FI_DEV_GPU_UTIL{pod=~"llama.*"})', gpuUtilizationTarget: '80' }, // prettier-ignore
      [
        'gpuUtilizationQuery: DCGM_FI_DEV_GPU_UTIL is in percent, and gpuUtilization is a ratio from 0 to 1; divide by 100',
      ],
    ],
    [
      'nothing of percent that are divided',
      { ...queue, gpuUtilizationFrom: 'prom', gpuUtilizationQuery: 'sum(DCGM_FI_DEV_GPU_UTIL) / 100', gpuUtilizationTarget: '80' }, // prettier-ignore
      [],
    ],
    [
      'a query that counts ends and alone adds replicas',
      {
        requestRateFrom: 'prom',
        requestRateQuery: 'sum(rate(vllm:request_success_total[1m]))',
        requestRateTarget: '2',
      },
      [
        'requestRateTarget: vllm:request_success_total counts requests when they end, so this does not rise while an overload builds up; add queueTarget or runningTarget',
      ],
    ],
    [
      'nothing of such a query beside a queue',
      { ...queue, requestRateFrom: 'prom', requestRateQuery: 'sum(rate(vllm:request_success_total[1m]))', requestRateTarget: '2' }, // prettier-ignore
      [],
    ],
    [
      'steps on ends that alone add replicas',
      { ...always, engine: 'triton', steps: 'requestRate > 5 for 1m: +1; requestRate < 2 for 10m: -1' },
      [
        'steps: engine triton counts requests when they end, so this does not rise while an overload builds up; add queueTarget or runningTarget',
      ],
    ],
    [
      'latency that alone adds replicas',
      { ...always, engine: 'vllm', steps: 'latencyP99 > 2s for 1m: +50%; running < 2 for 10m: -1' },
      [
        'steps: latency alone adds replicas here, and is known only once requests end, which in an overload is late; add queueTarget or runningTarget',
      ],
    ],
    [
      'GPU memory that alone adds replicas',
      { ...always, gpuMemoryTarget: '80' },
      [
        'gpuMemoryTarget: GPU memory alone adds replicas here, and tells little of load, for few servers ever give it back; add queueTarget or runningTarget',
      ],
    ],
    [
      'steps by memory that the engine keeps',
      { ...queue, engine: 'vllm', steps: 'gpuMemory > 90 for 2m: +1; queue < 1 for 10m: -1' },
      [
        'steps: "gpuMemory > 90 for 2m: +1" adds again after each change, up to maxReplicaCount: engine vllm takes its GPU memory when it starts and keeps it; kvCache shows what is in use',
      ],
    ],
    [
      'a step that removes by memory that the engine keeps',
      { ...queue, engine: 'tgi', steps: 'gpuMemory < 30 for 10m: -1' },
      [
        'steps: "gpuMemory < 30 for 10m: -1" never applies: engine tgi takes its GPU memory when it starts and keeps it',
      ],
    ],
    [
      'steps that only remove',
      { ...always, steps: 'gpuUtilization < 30 for 10m: -1' },
      [
        'steps: none adds replicas, and there is no target, so they only ever fall; add a step such as "queue > 5 for 1m: +1", or a target',
      ],
    ],
    [
      'exporters whose name is misspelt',
      { ...queue, gpuFrom: 'exporters' },
      ['gpuFrom: is taken for the name of a connection; did you mean "exporter"?'],
    ],
    [
      'a ratio where percent are meant',
      { ...queue, gpuUtilizationTarget: '0.8' },
      ['gpuUtilizationTarget: is in percent, so this is 1 % or less; write 80 for 80 %'],
    ],
  ];
  it.each(cases)('tell of %s', (_name, metadata, warnings) => {
    expect(parseTriggerMetadata(metadata).warnings).toEqual(warnings);
  });
});
