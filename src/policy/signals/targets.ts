import { addsUp, signalNames, signals } from '../../domain/signal.ts';
import type { SignalName } from '../../domain/signal.ts';
import type { Metadata } from '../metadata.ts';
import type { Parse } from '../parse.ts';
import { maxNumber, targetUpTo } from '../scalars.ts';

const percent = targetUpTo(100, 'a percentage above 0 and up to 100, such as 80');
const ratio = targetUpTo(1, 'a ratio above 0 and up to 1, such as 0.8');
const count = targetUpTo(maxNumber, `a number above 0 and up to ${maxNumber}, such as 5 or 0.5`);
/** What users write in percent. */
export const percentSignals: readonly SignalName[] = ['gpuUtilization', 'gpuMemory'];

/** Reads the wanted value per replica of each signal, in the signal's unit, where the pods' add up. Users write GPU figures in percent. */
export function readTargets(metadata: Metadata): ReadonlyMap<SignalName, number> {
  const targets = new Map<SignalName, number>();
  for (const signal of signalNames.filter(addsUp)) {
    const isPercent = percentSignals.includes(signal);
    const value = metadata.read(`${signal}Target`, parserOf(signal));
    if (value === undefined) continue;
    if (isPercent && value <= 1) warnOfRatio(metadata, signal);
    targets.set(signal, isPercent ? value / 100 : value);
  }
  return targets;
}

function parserOf(signal: SignalName): Parse<number> {
  if (percentSignals.includes(signal)) return percent;
  return signals[signal].unit === 'ratio' ? ratio : count;
}

function warnOfRatio(metadata: Metadata, signal: SignalName): void {
  metadata.warn(`${signal}Target`, 'is in percent, so this is 1 % or less; write 80 for 80 %');
}
