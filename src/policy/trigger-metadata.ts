import type { Policy } from '../domain/policy.ts';
import { readCalendarSettings } from './calendar/calendar-settings.ts';
import { InvalidMetadataError } from './invalid-metadata.ts';
import { Metadata } from './metadata.ts';
import { duration, numberFrom0, oneOf, textLike } from './scalars.ts';
import { readSignalPlans } from './signals/signal-plans.ts';
import { checkWakeability, warnOfSignals } from './signals/wakeability.ts';

const secondMs = 1_000;
const dayMs = 86_400_000;
const defaultIdleAfterMs = 120_000;
const defaultStartupTimeoutMs = 1_800_000;

/** The characters of a label selector; Kubernetes itself judges the rest. */
const labelSelector = textLike(/^[\w./=!,() -]{1,1000}$/, 'a label selector such as app=llama,tier=gpu');

/**
 * Reads the metadata of a trigger, as docs/configuration.md describes it, into a policy. The same metadata always gives
 * the same policy. Nothing is asked of any backend, so whether a connection of some name exists is not known here.
 * Throws InvalidMetadataError, which lists all that is wrong, for anything that is not understood as a whole.
 */
export function parseTriggerMetadata(given: Readonly<Record<string, string>>): Policy {
  const metadata = new Metadata(given);
  const calendarSettings = readCalendarSettings(metadata);
  const signals = readSignalPlans(metadata);
  const behaviour = readBehaviour(metadata);
  warnOfSignals(metadata, signals);
  if (!metadata.hasUnreadableKeys) checkWakeability(metadata, calendarSettings);
  if (metadata.problems.length > 0) throw new InvalidMetadataError(metadata.problems);
  return { ...calendarSettings, ...behaviour, signals, warnings: metadata.warnings };
}

type Behaviour = Pick<Policy, 'idleAfterMs' | 'startupTimeoutMs' | 'queueActivation' | 'onSignalLoss' | 'podSelector'>;

function readBehaviour(metadata: Metadata): Behaviour {
  const podSelector = metadata.read('podSelector', labelSelector);
  return {
    idleAfterMs: metadata.read('idleAfter', duration(0, dayMs)) ?? defaultIdleAfterMs,
    startupTimeoutMs: metadata.read('startupTimeout', duration(secondMs, dayMs)) ?? defaultStartupTimeoutMs,
    queueActivation: metadata.read('queueActivation', numberFrom0('a number from 0, such as 0 or 10')) ?? 0,
    onSignalLoss: metadata.read('onSignalLoss', oneOf(['hold', 'error', 'ignore'])) ?? 'hold',
    ...(podSelector !== undefined && { podSelector }),
  };
}
