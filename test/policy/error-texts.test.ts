import { describe, expect, it } from 'vitest';
import { InvalidMetadataError } from '../../src/policy/invalid-metadata.ts';
import { parseTriggerMetadata } from '../../src/policy/trigger-metadata.ts';

/** A policy with nothing wrong, to which each case adds what it is about. */
const sound = { scalerAddress: 'scaler:6000', queueFrom: 'jobs', queueKey: 'waiting', queueTarget: '5' };
const office = { ...sound, timezone: 'Europe/Berlin', businessHours: 'Mon-Fri 08:00-20:00' };

function problemsOf(metadata: Record<string, string>): readonly string[] {
  try {
    parseTriggerMetadata(metadata);
  } catch (error) {
    if (error instanceof InvalidMetadataError) return error.problems;
    throw error;
  }
  return [];
}

type Case = readonly [metadata: Record<string, string>, problem: string];

const keys: Case[] = [
  [{ ...sound, queueTaret: '5' }, 'unknown key "queueTaret"; did you mean "queueTarget"?'],
  [{ ...sound, BUSINESSHOURS: '5' }, 'unknown key "BUSINESSHOURS"; did you mean "businessHours"?'],
  [{ ...sound, wibble: '5' }, 'unknown key "wibble"; docs/configuration.md lists all keys'],
  [{ ...sound, ['x'.repeat(100)]: '5' }, `unknown key "${'x'.repeat(80)}…"; docs/configuration.md lists all keys`],
  [{ ...sound, metricType: 'Value' }, 'metricType: belongs beside "metadata" in the trigger, not in it'],
  [
    { ...sound, minReplicaCount: '1' },
    'minReplicaCount: belongs in the spec of the ScaledObject, not in the metadata of a trigger',
  ],
  [
    { ...sound, cooldownPeriod: '300' },
    'cooldownPeriod: belongs in the spec of the ScaledObject, not in the metadata of a trigger',
  ],
  [
    { ...sound, queueFromEnv: 'jobs' },
    'unknown key "queueFromEnv"; did you mean "queueFrom", or "queueFromFromEnv" to take it from the environment?',
  ],
  [{ ...sound, queueTargetFromEnv: '7' }, 'queueTarget and queueTargetFromEnv are both given; leave one out'],
  [{ ...sound, idleAfter: ' ' }, 'idleAfter: is empty; give it a value or leave it out'],
  [
    { ...sound, modelName: 'm'.repeat(16_385), engine: 'vllm' },
    'modelName: 16385 characters are more than the 16384 allowed',
  ],
  [
    { ...sound, idleAfterFromEnv: 'hunter2' },
    "idleAfterFromEnv: the environment variable's value is not allowed for idleAfter; it is not shown, because it may be a secret",
  ],
];

const scalars: Case[] = [
  [{ ...sound, idleAfter: '10' }, 'idleAfter: "10" is not a duration such as "90s", "10m" or "1h30m", up to 1d'],
  [
    { ...office, offHours: 'closed', drainTimeout: '2d' },
    'drainTimeout: "2d" is not a duration such as "90s", "10m" or "1h30m", up to 1d',
  ],
  [
    { ...sound, startupTimeout: '0s' },
    'startupTimeout: "0s" is not a duration such as "90s", "10m" or "1h30m", from 1s up to 1d',
  ],
  [
    { ...office, warmLead: 'soon' },
    'warmLead: "soon" is not a duration such as "90s", "10m" or "1h30m", up to 1d, nor "auto"',
  ],
  [{ ...office, warmReplicas: '1.5' }, 'warmReplicas: "1.5" is not a whole number from 0 to 10000'],
  [{ ...office, offHours: 'close' }, 'offHours: "close" is not "on-demand" or "closed"; did you mean "closed"?'],
  [{ ...office, offHours: 'shut' }, 'offHours: "shut" is not "on-demand" or "closed"'],
  [
    { ...office, offHoursMaxReplicas: '0' },
    'offHoursMaxReplicas: 0 would close the off-hours; write "offHours: closed" for that, or a number from 1',
  ],
  [{ ...office, offHoursMaxReplicas: 'two' }, 'offHoursMaxReplicas: "two" is not a whole number from 1 to 10000'],
  [{ ...sound, onSignalLoss: 'panic' }, 'onSignalLoss: "panic" is not "hold" or "error" or "ignore"'],
  ...['-3', '1000000001'].map((text): Case => [
    { ...sound, queueActivation: text },
    `queueActivation: "${text}" is not a number from 0 to 1000000000, such as 0 or 10`,
  ]),
  ...['app=a;b', '(((', 'app in gpu', '-app'].map((text): Case => [
    { ...sound, podSelector: text },
    `podSelector: "${text}" is no label selector term; write app=llama, app!=llama, "tier in (a,b)", app or !app`,
  ]),
  [{ ...sound, podSelector: 'a'.repeat(1_001) }, 'podSelector: 1001 characters are more than the 1000 allowed'],
];

const signalCases: Case[] = [
  ...['abc', 'NaN', 'Infinity', '0x10', '1e3', '-1', '1,5', '2000000000', '999999999999999999999'].map((text): Case => [
    { ...sound, queueTarget: text },
    `queueTarget: "${text}" is not a number above 0 and up to 1000000000, such as 5 or 0.5`,
  ]),
  [
    { ...sound, queueTarget: '0' },
    'queueTarget: a target of 0 would ask for endless replicas; write a number above 0 and up to 1000000000, such as 5 or 0.5, or leave the key out',
  ],
  [
    { ...sound, engine: 'vllm', kvCacheTarget: '80' },
    'kvCacheTarget: "80" is not a ratio above 0 and up to 1, such as 0.8',
  ],
  [
    { ...sound, gpuUtilizationTarget: '80%' },
    'gpuUtilizationTarget: "80%" is not a percentage above 0 and up to 100, such as 80',
  ],
  [
    { ...sound, gpuMemoryTarget: '101' },
    'gpuMemoryTarget: "101" is not a percentage above 0 and up to 100, such as 80',
  ],
  [
    { timezone: 'UTC', businessHours: 'daily 08:00-20:00', engine: 'tensorflow-serving', queueTarget: '5' },
    'queueTarget: engine tensorflow-serving has no queue gauge; use requestRateTarget or queueFrom',
  ],
  [
    { ...sound, engine: 'tgi', kvCacheTarget: '0.8' },
    'kvCacheTarget: engine tgi has no kvCache gauge; use queueTarget, runningTarget, concurrencyTarget, requestRateTarget, tokenRateTarget or kvCacheFrom',
  ],
  [
    { ...sound, engine: 'llama-cpp', requestRateTarget: '5' },
    'requestRateTarget: engine llama-cpp has no counter to take requestRate from; use queueTarget, runningTarget, concurrencyTarget, tokenRateTarget or requestRateFrom',
  ],
  ...['latencyP50', 'latencyP95', 'latencyP99', 'ttftP99'].map((signal): Case => [
    { ...sound, engine: 'vllm', [`${signal}Target`]: '2' },
    `${signal}Target: ${signal} is nothing that replicas share, so it has no target; use steps, such as "${signal} > 2s for 1m: +50%"`,
  ]),
  [
    { ...sound, engine: 'kserve', runningTarget: '5' },
    'runningTarget: engine kserve has no running gauge; use requestRateTarget or runningFrom; for its vLLM runtime write engine: vllm and enginePort: "8080"',
  ],
  [
    { ...sound, engine: 'llama-cpp', modelName: 'phi' },
    'modelName: engine llama-cpp does not tell models apart in its metrics; leave modelName out',
  ],
  [
    { ...sound, requestRateTarget: '5' },
    'requestRateTarget: nothing gives requestRate; name the engine whose pods do (engine: vllm), or say with requestRateFrom where requestRate is seen',
  ],
  [
    { ...sound, runningTarget: '5' },
    'runningTarget: nothing gives running; name the engine whose pods do (engine: vllm), or say with runningFrom where running is seen',
  ],
  [
    { ...sound, engine: 'ollama' },
    'engine: "ollama" is not "vllm" or "sglang" or "triton" or "tensorrt-llm" or "tgi" or "tensorflow-serving" or "torchserve" or "seldon" or "kserve" or "ray-serve" or "llama-cpp" or "nim" or "dynamo"; for other engines, say with queueFrom, runningFrom … where a signal is seen',
  ],
  [{ ...sound, engine: 'vllm', enginePort: '70000' }, 'enginePort: "70000" is not a whole number from 1 to 65535'],
  [
    { ...sound, engine: 'vllm', enginePath: '//evil/metrics' },
    'enginePath: "//evil/metrics" is not a path such as /metrics',
  ],
  [{ ...sound, modelName: 'llama' }, 'modelName: means nothing without engine'],
  [
    { ...sound, gpuFrom: 'http://prometheus:9090' },
    'gpuFrom: "http://prometheus:9090" is not "exporter", "dcgm" or the name of a connection (lower-case letters, digits and "-") that leads to a Prometheus; for a query of your own use gpuUtilizationFrom and gpuUtilizationQuery',
  ],
  [
    { ...sound, queueFrom: 'http://evil' },
    'queueFrom: "http://evil" is not the name of a connection (lower-case letters, digits and "-")',
  ],
  [{ ...sound, queueKey: 'a\nb' }, 'queueKey: "a\\nb" is not a text without control characters'],
  [{ ...sound, queueQuery: 'up' }, 'queueKey: queueQuery is given too; keep the one that the connection understands'],
  [{ ...sound, runningQuery: 'up' }, 'runningQuery: means nothing without runningFrom, the connection that is asked'],
  [
    { ...sound, runningFrom: 'prom' },
    'runningFrom: does not say what to ask for; add runningQuery (PromQL or a JSON pointer) or runningKey (the queue, stream or topic)',
  ],
  [
    { ...sound, tokenRateFrom: 'prom' },
    'tokenRateFrom: does not say what to ask for; add tokenRateQuery (PromQL or a JSON pointer)',
  ],
  [
    { ...sound, engine: 'llama-cpp', steps: 'latencyP99 > 2s for 1m: +50%' },
    'steps: engine llama-cpp has no histogram to take latencyP99 from; use latencyP99From',
  ],
  [
    { ...sound, steps: 'latencyP99 > 2s for 1m: +50%' },
    'steps: nothing gives latencyP99; name the engine whose pods do (engine: vllm), or say with latencyP99From where latencyP99 is seen',
  ],
  [
    { ...sound, engine: 'llama-cpp', steps: 'kvCache > 80% for 1m: +1' },
    'steps: engine llama-cpp has no kvCache gauge; use queueTarget, runningTarget, concurrencyTarget, tokenRateTarget or kvCacheFrom',
  ],
  [
    { ...sound, latencyP99From: 'prom', latencyP99Query: 'x', steps: 'latencyP99 < 1s for 10m: -1' },
    'steps: "latencyP99 < 1s for 10m: -1" has to see whether there is traffic, for without it there is no latency; name the engine, or add runningFrom or requestRateFrom',
  ],
  [
    { ...sound, steps: 'queue > 5 for 1m +1' },
    'steps: step 1 "queue > 5 for 1m +1": column 18: expected ":" and then the change, such as ": +1", found "+1"',
  ],
  [
    { ...sound, runningFrom: 'prom', runningQuery: 'up', runningGroup: 'g' },
    'runningGroup: means nothing without runningKey, the queue, stream or topic',
  ],
];

const window = (text: string): Record<string, string> => ({ ...office, businessHours: text });
const calendars: Case[] = [
  [
    { ...sound, businessHours: 'daily 08:00-20:00' },
    'timezone: is missing; business hours need one, such as Europe/Berlin',
  ],
  [{ ...sound, holidays: 'DE' }, 'holidays: means nothing without business hours; add businessHours or extraHours'],
  [{ ...sound, offHours: 'closed' }, 'offHours: means nothing without business hours; add businessHours or extraHours'],
  [
    { ...office, timezone: 'Berlin' },
    'timezone: "Berlin" is not the IANA name of a timezone; did you mean "Europe/Berlin"?',
  ],
  [
    { ...office, timezone: 'new york' },
    'timezone: "new york" is not the IANA name of a timezone; did you mean "America/New_York"?',
  ],
  [
    { ...office, timezone: 'Europe/Berln' },
    'timezone: "Europe/Berln" is not the IANA name of a timezone; did you mean "Europe/Berlin"?',
  ],
  [
    { ...office, timezone: '+02:00' },
    'timezone: "+02:00" is not the IANA name of a timezone, such as Europe/Berlin or UTC',
  ],
  [window(';'), 'businessHours: ";" names no window'],
  [window('daily 08:00-09:00;'.repeat(201)), 'businessHours: 201 windows are more than the 200 allowed'],
  [
    window('Mon 09:00-10:00; Mon-Fri 8-20'),
    'businessHours: window 2 "Mon-Fri 8-20": expected HH:MM-HH:MM at "8-20", as in "Mon-Fri 08:00-20:00 min=2"',
  ],
  [
    window('Mon-Fri'),
    'businessHours: window 1 "Mon-Fri": expected HH:MM-HH:MM after "Mon-Fri", as in "Mon-Fri 08:00-20:00 min=2"',
  ],
  ...['Mo', 'Mon-', 'Mon-Tue-Wed', ''].map((days): Case => [
    window(`Sat,${days} 08:00-20:00`),
    `businessHours: window 1 "Sat,${days} 08:00-20:00": expected days at "${days}": Mon, Tue, Wed, Thu, Fri, Sat, Sun, a range such as Mon-Fri, or daily`,
  ]),
  [window('Mon 08:00-24:01'), 'businessHours: window 1 "Mon 08:00-24:01": "24:01" is not a time from 00:00 to 24:00'],
  [
    window('Mon 24:00-02:00'),
    'businessHours: window 1 "Mon 24:00-02:00": a window can end at 24:00 but not start there; write 00:00 and the next day',
  ],
  [window('Mon 08:00-20:00 mn=2'), 'businessHours: window 1 "Mon 08:00-20:00 mn=2": expected min=N or max=N at "mn=2"'],
  [
    window('Mon 08:00-20:00 min=1 min=2'),
    'businessHours: window 1 "Mon 08:00-20:00 min=1 min=2": min is given twice, at "min=2"',
  ],
  [
    window('Mon 08:00-20:00 min=3 max=2'),
    'businessHours: window 1 "Mon 08:00-20:00 min=3 max=2": min=3 is above max=2',
  ],
  [
    window('Mon 08:00-20:00 max=0'),
    'businessHours: window 1 "Mon 08:00-20:00 max=0": max=0 would close the window; leave the window out',
  ],
  [
    window('Mon 08:00-20:00 min=10001'),
    'businessHours: window 1 "Mon 08:00-20:00 min=10001": min=10001 is more than the 10000 replicas allowed',
  ],
  [
    { ...office, extraHours: '2026-02-29 08:00-10:00' },
    'extraHours: window 1 "2026-02-29 08:00-10:00": expected a date YYYY-MM-DD that exists at "2026-02-29"',
  ],
  [
    { ...office, extraHours: '2026-11-27' },
    'extraHours: window 1 "2026-11-27": expected HH:MM-HH:MM after "2026-11-27", as in "2026-11-27 00:00-24:00 min=8"',
  ],
];

const holidays: Case[] = [
  ['13-45', 'expected a day of the year MM-DD that exists at "13-45"'],
  ['2026-13-01', 'expected a date YYYY-MM-DD that exists at "2026-13-01"'],
  ['Christmas', 'expected a country or region (DE, DE-BE), a date (2026-12-31) or a day of every year (12-24)'],
  ['XX', 'no holidays are known of a country "XX"; write its ISO 3166 code, such as DE or US'],
  ['GB-LON', 'GB has no part "LON", but ALD, ENG, NIR, SCT, WLS'],
  ['DE-BY-KAT', 'DE-BY has no part "KAT", but A, KATH, EVANG; did you mean DE-BY-KATH?'],
  ['DE-BE-Z', 'no holidays of its own are known of any part of DE-BE; write DE-BE'],
].map(([entry = '', problem = '']): Case => [
  { ...office, holidays: `12-24, ${entry}` },
  `holidays: holiday 2 "${entry}": ${problem}`,
]);

const silentAtZero =
  'add queueFrom and queueTarget (a connection that sees waiting requests), or timezone and businessHours; ' +
  'if zero is never meant, write timezone: "UTC" and businessHours: "daily 00:00-24:00 min=1"';
const wakeability: Case[] = [
  [{}, `nothing here can end zero replicas, because GPUs tell nothing while there is no pod; ${silentAtZero}`],
  [
    { engine: 'vllm', queueTarget: '5', runningTarget: '32' },
    `nothing here can end zero replicas, because engine pods and GPUs tell nothing while there is no pod; ${silentAtZero}`,
  ],
  [
    { queueFrom: 'jobs', queueKey: 'waiting', gpuUtilizationTarget: '80' },
    'nothing here can end zero replicas: queue is seen without pods, but only a target wakes; add queueTarget, or timezone and businessHours',
  ],
  [
    { queueFrom: 'jobs', queueKey: 'waiting', steps: 'queue > 5 for 1m: +1; queue < 1 for 10m: -1' },
    'nothing here can end zero replicas: queue is seen without pods, but only a target wakes, and no step does; add queueTarget, or timezone and businessHours',
  ],
  [
    { gpuFrom: 'dcgm', steps: 'gpuUtilization > 70 for 2m: +1; gpuUtilization < 30 for 10m: -1' },
    `nothing here can end zero replicas, because GPUs tell nothing while there is no pod; ${silentAtZero}`,
  ],
  [
    {
      timezone: 'UTC',
      businessHours: 'daily 08:00-20:00 min=0',
      kvCacheFrom: 'prom',
      kvCacheQuery: 'x',
      kvCacheTarget: '0.8',
    },
    `nothing here can end zero replicas, because GPUs tell nothing while there is no pod; ${silentAtZero.replace('timezone and businessHours;', 'a window with min=1 or more;')}`,
  ],
];

describe.each([
  ['keys', keys],
  ['scalars', scalars],
  ['signals', signalCases],
  ['calendars', calendars],
  ['holidays', holidays],
  ['wakeability', wakeability],
] as const)('what is wrong with %s', (_name, cases) => {
  it.each(cases.map(([metadata, problem]) => ({ metadata, problem })))('$problem', ({ metadata, problem }) => {
    expect(problemsOf(metadata)).toEqual([problem]);
  });
});

describe('InvalidMetadataError', () => {
  it('says one problem in one line', () => {
    expect(() => parseTriggerMetadata({ ...sound, queueTarget: 'x' })).toThrow(
      new InvalidMetadataError(['queueTarget: "x" is not a number above 0 and up to 1000000000, such as 5 or 0.5']),
    );
    expect(new InvalidMetadataError(['a: is wrong']).message).toBe('invalid metadata: a: is wrong');
  });

  it('lists all problems at once', () => {
    const metadata = { ...office, queueTaret: '5', idleAfter: '10', businessHours: 'Mo 08:00-20:00; Tue 8-20' };
    expect(() => parseTriggerMetadata(metadata)).toThrow(
      [
        'invalid metadata, 4 problems:',
        '- unknown key "queueTaret"; did you mean "queueTarget"?',
        '- businessHours: window 1 "Mo 08:00-20:00": expected days at "Mo": Mon, Tue, Wed, Thu, Fri, Sat, Sun, a range such as Mon-Fri, or daily',
        '- businessHours: window 2 "Tue 8-20": expected HH:MM-HH:MM at "8-20", as in "Mon-Fri 08:00-20:00 min=2"',
        '- idleAfter: "10" is not a duration such as "90s", "10m" or "1h30m", up to 1d',
      ].join('\n'),
    );
  });

  it('keeps the message short where there are very many, and all of them in problems', () => {
    const error = new InvalidMetadataError(Array.from({ length: 150 }, (_, index) => `problem ${index}`));
    expect(error.message.split('\n')).toHaveLength(22);
    expect(error.message).toMatch(/- problem 19\n- and 130 more$/);
    expect(error.problems).toHaveLength(150);
  });

  it('does not look at more keys than anybody needs', () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`zz${index}`, '']));
    const problems = problemsOf({ ...sound, ...many });
    expect(problems[0]).toBe('5004 keys are more than the 200 allowed');
    expect(problems.length).toBeLessThanOrEqual(201);
  });
});
