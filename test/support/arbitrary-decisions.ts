import fc from 'fast-check';
import type { CalendarState } from '../../src/domain/calendar.ts';
import type { DecisionContext } from '../../src/domain/decision.ts';
import type { Policy, SignalPlan } from '../../src/domain/policy.ts';
import type { FreshReading, Reading } from '../../src/domain/reading.ts';
import { signalNames } from '../../src/domain/signal.ts';
import type { SignalName } from '../../src/domain/signal.ts';
import type { StepWindow } from '../../src/domain/step.ts';
import type { Pod, PodPhase } from '../../src/domain/workload.ts';
import { policy, workload } from './builders.ts';
import { nowMs, plan } from './decision-context.ts';
import { stepsOf } from './steps.ts';

/** A policy, and all that a decision may depend on besides. */
export interface Scene {
  readonly policy: Policy;
  readonly context: DecisionContext;
}

const hourMs = 3_600_000;
const past = fc.integer({ min: 0, max: hourMs }).map((ageMs) => nowMs - ageMs);
const replicas = fc.integer({ min: 0, max: 12 });
const value = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 500, noNaN: true }));

const coverage = fc
  .tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 }))
  .map(([heard, missing]) => ({ heard, expected: heard + missing }));
const origin = { source: fc.constant('test'), observedAtMs: past, coverage };
const reason = fc.constant('connection refused');

export const freshReading: fc.Arbitrary<FreshReading> = fc.record({ state: fc.constant('fresh'), value, ...origin });

/** Neither a number, nor the word of a workload without pods that there is none. */
export const lostReading: fc.Arbitrary<Reading | undefined> = fc.oneof(
  fc.record({ state: fc.constant('failed' as const), ...origin, reason }),
  fc.record({ state: fc.constant('stale' as const), ...origin, lastValue: value, reason }),
  fc.record({
    state: fc.constant('absent' as const),
    ...origin,
    coverage: fc.constant({ heard: 0, expected: 2 }),
    reason,
  }),
  fc.constant(undefined),
);

export const partialReading: fc.Arbitrary<FreshReading> = freshReading.map((reading) => ({
  ...reading,
  coverage: { ...reading.coverage, expected: reading.coverage.heard + 1 },
}));

const noPods: fc.Arbitrary<Reading> = fc.record({
  state: fc.constant('absent' as const),
  ...origin,
  coverage: fc.constant({ heard: 0, expected: 0 }),
  reason,
});

const signalPlan: fc.Arbitrary<SignalPlan> = fc
  .record(
    {
      signal: fc.constantFrom(...signalNames),
      target: fc.double({ min: 0.1, max: 64, noNaN: true }),
      required: fc.boolean(),
    },
    { requiredKeys: ['signal', 'required'] },
  )
  .map(({ signal, ...rest }) => plan(signal, rest));

const podPhase = fc.constantFrom<PodPhase>('pending', 'loading', 'ready', 'terminating');
const pods: fc.Arbitrary<Pod[]> = fc.array(
  fc.record({ name: fc.constant('llama-0'), phase: podPhase, createdAtMs: past }, { requiredKeys: ['name', 'phase'] }),
  { maxLength: 4 },
);

const upcoming = fc.record({
  floor: fc.integer({ min: 1, max: 8 }),
  opensAtMs: fc.integer({ min: 0, max: hourMs }).map((aheadMs) => nowMs + aheadMs),
  because: fc.constant('the next window'),
});
const calendar: fc.Arbitrary<CalendarState> = fc.oneof(
  fc.record(
    {
      open: fc.constant(true),
      floor: fc.integer({ min: 0, max: 6 }),
      ceiling: fc.integer({ min: 0, max: 8 }),
      because: fc.constant('a window'),
      sinceMs: past,
      upcoming,
    },
    { requiredKeys: ['open', 'floor', 'because'] },
  ),
  fc.record(
    {
      open: fc.constant(false),
      floor: fc.constant(0),
      because: fc.constant('outside business hours'),
      sinceMs: past,
      upcoming,
    },
    { requiredKeys: ['open', 'floor', 'because'] },
  ),
);

const stepSets = [
  '',
  'gpuUtilization > 70 for 2m: +1',
  'gpuUtilization > 70 for 2m: +1; gpuUtilization < 30 for 10m: -50%',
  'queue > 5 for 30s: +50%; running < 2 for 5m: -2; latencyP99 > 2s for 1m: +3',
].map((text) => (text === '' ? [] : stepsOf(text)));
const stepWindow: fc.Arbitrary<StepWindow | undefined> = fc.option(
  fc.record({ heldSinceMs: past, heldUntilMs: fc.constant(nowMs), mean: value }),
  { nil: undefined },
);

const settings = fc.record(
  {
    offHours: fc.constantFrom('on-demand' as const, 'closed' as const),
    offHoursMaxReplicas: fc.integer({ min: 0, max: 6 }),
    onSignalLoss: fc.constantFrom('hold' as const, 'error' as const, 'ignore' as const),
    queueActivation: fc.integer({ min: 0, max: 20 }),
    idleAfterMs: fc.integer({ min: 0, max: hourMs }),
    drainTimeoutMs: fc.integer({ min: 0, max: hourMs }),
    startupTimeoutMs: fc.integer({ min: 0, max: hourMs }),
    steps: fc.constantFrom(...stepSets),
  },
  { requiredKeys: [] },
);

/** @param reading what is known of each planned signal */
function sceneOf(reading: fc.Arbitrary<Reading | undefined>): fc.Arbitrary<Scene> {
  const signals = fc.uniqueArray(fc.tuple(signalPlan, reading), { selector: ([{ signal }]) => signal, maxLength: 5 });
  const stepWindows = fc.array(stepWindow, { minLength: 3, maxLength: 3 });
  const moment = fc.record({ calendar, quietSinceMs: past, stepWindows }, { requiredKeys: [] });
  return fc
    .record({ settings, signals, replicas, pods, rolloutSinceMs: fc.option(past, { nil: undefined }), moment })
    .map((drawn) => ({
      policy: policy({ ...drawn.settings, signals: drawn.signals.map(([planned]) => planned) }),
      context: {
        nowMs,
        workload: workload({
          replicas: drawn.replicas,
          pods: drawn.pods,
          ...(drawn.rolloutSinceMs !== undefined && { rolloutSinceMs: drawn.rolloutSinceMs }),
        }),
        readings: new Map(drawn.signals.flatMap(([{ signal }, read]) => (read ? [[signal, read] as const] : []))),
        ...drawn.moment,
      },
    }));
}

export const scene: fc.Arbitrary<Scene> = sceneOf(fc.oneof(freshReading, lostReading, noPods));

/** The scene with what is known of one signal changed, and the signal planned and asked for. */
export function withReading(
  { policy: before, context }: Scene,
  signal: SignalName,
  reading: Reading | undefined,
): Scene {
  const others = before.signals.filter((planned) => planned.signal !== signal);
  const readings = new Map(context.readings);
  if (reading) readings.set(signal, reading);
  else readings.delete(signal);
  return {
    policy: { ...before, signals: [...others, plan(signal, { target: 5 })] },
    context: { ...context, readings },
  };
}
