import { parseLabelSelector } from '../domain/label-selector.ts';
import type { Policy } from '../domain/policy.ts';
import { readCalendarSettings } from './calendar/calendar-settings.ts';
import { InvalidMetadataError } from './invalid-metadata.ts';
import { Metadata } from './metadata.ts';
import type { Report } from './parse.ts';
import { duration, numberFrom0, oneOf } from './scalars.ts';
import { warnOfGrowth } from './signals/growth-mistakes.ts';
import { warnOfQueries } from './signals/query-mistakes.ts';
import { readSignalPlans } from './signals/signal-plans.ts';
import { checkSteps } from './steps/check-steps.ts';
import { readSteps } from './steps/steps.ts';
import { checkWakeability, warnOfSignals } from './signals/wakeability.ts';

const secondMs = 1_000;
const dayMs = 86_400_000;
const defaultIdleAfterMs = 120_000;
const defaultStartupTimeoutMs = 1_800_000;
const maxSelectorLength = 1_000;

/**
 * Reads the metadata of a trigger, as docs/configuration.md describes it, into a policy. The same metadata always gives
 * the same policy. Nothing is asked of any backend, so whether a connection of some name exists is not known here.
 * Throws InvalidMetadataError, which lists all that is wrong, for anything that is not understood as a whole.
 */
export function parseTriggerMetadata(given: Readonly<Record<string, string>>): Policy {
  const metadata = new Metadata(given);
  const calendarSettings = readCalendarSettings(metadata);
  const steps = metadata.read('steps', readSteps) ?? [];
  const signals = readSignalPlans(metadata, steps);
  const behaviour = readBehaviour(metadata);
  checkSteps(metadata, steps, signals);
  warnOfSignals(metadata, signals);
  warnOfQueries(metadata, signals, steps);
  warnOfGrowth(metadata, signals, steps);
  if (!metadata.hasUnreadableKeys) checkWakeability(metadata, calendarSettings);
  if (metadata.problems.length > 0) throw new InvalidMetadataError(metadata.problems);
  return { ...calendarSettings, ...behaviour, signals, steps, warnings: metadata.warnings };
}

type Behaviour = Pick<Policy, 'idleAfterMs' | 'startupTimeoutMs' | 'queueActivation' | 'onSignalLoss' | 'podSelector'>;

function readBehaviour(metadata: Metadata): Behaviour {
  const podSelector = metadata.read('podSelector', labelSelector);
  return {
    idleAfterMs: metadata.read('idleAfter', duration(0, dayMs)) ?? defaultIdleAfterMs,
    startupTimeoutMs: metadata.read('startupTimeout', duration(secondMs, dayMs)) ?? defaultStartupTimeoutMs,
    queueActivation: metadata.read('queueActivation', numberFrom0('0 or 10')) ?? 0,
    onSignalLoss: metadata.read('onSignalLoss', oneOf(['hold', 'error', 'ignore'])) ?? 'hold',
    ...(podSelector !== undefined && { podSelector }),
  };
}

/** Only checked here: whoever picks the pods parses it again. */
function labelSelector(text: string, report: Report): string | undefined {
  const problem = selectorProblem(text);
  if (problem === undefined) return text;
  report(problem);
  return undefined;
}

function selectorProblem(text: string): string | undefined {
  if (text.length > maxSelectorLength)
    return `${text.length} characters are more than the ${maxSelectorLength} allowed`;
  const selector = parseLabelSelector(text);
  return typeof selector === 'string' ? selector : undefined;
}
