import { formatDuration, parseDuration } from '../../domain/duration.ts';
import { nearestName } from '../../domain/nearest-name.ts';
import { signalNames } from '../../domain/signal.ts';
import type { SignalName } from '../../domain/signal.ts';
import type { Comparison, Step } from '../../domain/step.ts';
import { Scanner } from './scanner.ts';
import { thresholdForm } from './thresholds.ts';

const shortestMs = 1_000;
const longestMs = 86_400_000;
const mostReplicas = 1_000;
/** In percent. */
const mostAdded = 1_000;
const mostRemoved = 100;

const windowExpects = `how long, as in "for 2m", from ${formatDuration(shortestMs)} up to ${formatDuration(longestMs)}`;
const changeExpects = '+N, -N, +N% or -N%, such as +1 or -10%';

/**
 * Reads one step: `SIGNAL COMPARISON VALUE for DURATION: CHANGE`. Throws SyntaxProblem, which tells the column and what
 * was expected there.
 * @param firstColumn column at which `text` begins in what the user wrote, from 1
 */
export function readStep(text: string, firstColumn: number): Step {
  const scanner = new Scanner(text, firstColumn);
  const signal = readSignal(scanner);
  const comparison = scanner.take(/>=|<=|>|</, '>, >=, < or <=') as Comparison;
  const threshold = readThreshold(scanner, signal);
  scanner.take(/for(?=\s)/, `"for" and how long, as in "${signal} ${comparison} … for 2m"`);
  const forMs = readWindow(scanner);
  scanner.take(/:/, '":" and then the change, such as ": +1"');
  const change = readChange(scanner);
  scanner.end('";" or nothing after the change');
  return { signal, comparison, threshold, forMs, change, text: text.replaceAll(/\s+/g, ' ').trim() };
}

function readSignal(scanner: Scanner): SignalName {
  const word = scanner.take(/[A-Za-z]\w*/, 'a signal, such as gpuUtilization or queue');
  const signal = signalNames.find((name) => name === word);
  if (signal !== undefined) return signal;
  const nearest = nearestName(word, signalNames);
  const hint = nearest === undefined ? `one of the signals ${signalNames.join(', ')}` : `the signal "${nearest}"`;
  return scanner.reject(word, hint);
}

function readThreshold(scanner: Scanner, signal: SignalName): number {
  const { expects, read } = thresholdForm(signal);
  const word = scanner.take(/[^\s:;%]+(?:\s*%)?/, expects);
  return read(word) ?? scanner.reject(word, expects);
}

function readWindow(scanner: Scanner): number {
  const word = scanner.take(/[^\s:;]+/, windowExpects);
  const windowMs = parseDuration(word);
  const fits = windowMs !== undefined && windowMs >= shortestMs && windowMs <= longestMs;
  return fits ? windowMs : scanner.reject(word, windowExpects);
}

function readChange(scanner: Scanner): Step['change'] {
  const word = scanner.take(/[^\s;%]+(?:\s*%)?/, changeExpects);
  const isPercent = word.endsWith('%');
  const [amount = ''] = /^[+-]\d{1,6}(?=\s*%?$)/.exec(word) ?? [];
  if (amount === '') return scanner.reject(word, changeExpects);
  const [most, unit] = isPercent ? [amount.startsWith('+') ? mostAdded : mostRemoved, '%'] : [mostReplicas, ''];
  const sign = amount.slice(0, 1);
  const count = Math.abs(Number(amount));
  if (count < 1 || count > most) scanner.reject(word, `a change from ${sign}1${unit} to ${sign}${most}${unit}`);
  return { by: isPercent ? 'percent' : 'replicas', amount: Number(amount) };
}
